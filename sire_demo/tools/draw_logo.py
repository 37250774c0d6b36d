"""Draw the demo company's logo and the module's icon: python sire_demo/tools/draw_logo.py"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

MODULE = Path(__file__).resolve().parent.parent
GREEN, DARK, RED = "#0B6E4F", "#1B1B1E", "#B3261E"
SCALE = 4  # drawn large, made small: smooth edges


def shield(draw, left, top, size):
    """Draw the mark: a square with a rising line, on the three colours of a beaded bracelet."""
    box = [left, top, left + size, top + size]
    draw.rounded_rectangle(box, radius=size // 5, fill=GREEN)
    points = [(0.2, 0.68), (0.42, 0.46), (0.56, 0.58), (0.8, 0.3)]
    line = [(left + x * size, top + y * size) for x, y in points]
    draw.line(line, fill="white", width=size // 11, joint="curve")
    for x, y in line:
        dot = size // 16
        draw.ellipse([x - dot, y - dot, x + dot, y + dot], fill="white")
    for number, colour in enumerate((DARK, RED, "white")):
        x = left + size * (0.24 + 0.18 * number)
        draw.rounded_rectangle(
            [x, top + size * 0.8, x + size * 0.14, top + size * 0.86], radius=size // 40, fill=colour
        )


def draw_logo():
    """Write static/img/logo.png: the mark and the name."""
    image = Image.new("RGBA", (520 * SCALE, 120 * SCALE), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    shield(draw, 4 * SCALE, 10 * SCALE, 100 * SCALE)
    draw.text((124 * SCALE, 14 * SCALE), "SIRE TECH", font=ImageFont.load_default(62 * SCALE), fill=DARK)
    draw.text((127 * SCALE, 82 * SCALE), "Software from Nairobi", font=ImageFont.load_default(24 * SCALE), fill=GREEN)
    small = image.resize((520, 120), Image.Resampling.LANCZOS)
    small.save(MODULE / "static/img/logo.png", optimize=True)


def draw_icon():
    """Write static/description/icon.png, 140 pixels wide."""
    image = Image.new("RGBA", (140 * SCALE, 140 * SCALE), (255, 255, 255, 0))
    shield(ImageDraw.Draw(image), 10 * SCALE, 10 * SCALE, 120 * SCALE)
    small = image.resize((140, 140), Image.Resampling.LANCZOS)
    small.save(MODULE / "static/description/icon.png", optimize=True)


if __name__ == "__main__":
    draw_logo()
    draw_icon()
