// Runs in a world of its own beside the document, whose own scripts never run. Puts a job into the page:
// the bodies, one after the other, then for each page of theirs another page with its header and footer.
// eslint-disable-next-line no-unused-vars -- the browser is told to call it
async function compose(job) {
    const geometry = job.page;
    const PX = 96 / 25.4; // CSS pixels in a millimetre
    const ROLL_MOST = 5000; // millimetres: the longest page that the browser prints is 200 inches
    const scale = geometry.scale;
    const px = (mm) => `${(mm * PX) / scale}px`;
    const make = (part, className) => {
        const node = document.createElement("div");
        for (const [name, value] of Object.entries(part.attributes || {})) {
            node.setAttribute(name, value);
        }
        node.classList.remove("overflow-hidden"); // it was the window's, where it is harmless
        if (className) {
            node.classList.add(className);
        }
        node.innerHTML = part.html;
        return node;
    };
    const ready = async (nodes) => {
        const waits = [document.fonts.ready];
        for (const node of nodes) {
            for (const image of node.querySelectorAll("img")) {
                image.loading = "eager";
                waits.push(image.decode());
            }
            for (const styled of [node, ...node.querySelectorAll("[style*='url(']")]) {
                for (const match of (styled.getAttribute("style") || "").matchAll(/url\(\s*["']?([^"')]+)/g)) {
                    const image = new Image();
                    image.src = match[1];
                    waits.push(image.decode());
                }
            }
        }
        await Promise.allSettled(waits);
        // no frame is drawn, so nothing moves: what would, stands as it is in the end, or as without it where there is no end
        for (const animation of document.getAnimations()) {
            try {
                animation.finish();
            } catch {
                animation.cancel();
            }
        }
    };
    const overlay = (index, number, count) => {
        const page = document.createElement("div");
        page.className = "sire-overlay";
        page.setAttribute("aria-hidden", "true");
        const parts = [
            ["sire-header", job.headers[index], geometry.header_top],
            ["sire-footer", job.footers[index], geometry.height - geometry.bottom],
        ];
        for (const [className, part, top] of parts) {
            if (part) {
                const node = document.createElement("div");
                node.className = className;
                node.style.top = px(top);
                node.append(make(part));
                page.append(node);
            }
        }
        if (geometry.header_line) {
            const line = document.createElement("div");
            line.className = "sire-line";
            line.style.top = px(geometry.top);
            page.append(line);
        }
        const values = { page: number, topage: count, section: "", subsection: "", subsubsection: "" };
        for (const [className, value] of Object.entries(values)) {
            for (const node of page.getElementsByClassName(className)) {
                node.textContent = value;
            }
        }
        return page;
    };

    document.documentElement.lang = job.lang || "";
    document.querySelector("base").href = job.base;
    document.getElementById("sire-style").textContent = job.style || "";
    const sheet = document.getElementById("sire-page");
    sheet.textContent = "";
    const bodies = job.bodies.map((part) => make(part, "sire-body"));
    bodies.forEach((body, index) => {
        body.id = `sire-body-${index}`;
    });
    document.body.classList.toggle("sire-shrink", geometry.shrink);
    document.body.replaceChildren(...bodies);
    await ready(bodies);

    // What is too wide makes everything smaller, as it did before; never the headers and footers.
    const widths = geometry.width - geometry.left - geometry.right;
    let width = (widths * PX) / scale;
    document.body.style.width = `${width}px`;
    let factor = 1;
    if (geometry.shrink) {
        const widest = Math.max(...bodies.map((body) => body.scrollWidth), width);
        factor = widest > width + 1 ? Math.min(widest / width, geometry.shrink) : 1;
        width *= factor;
        document.body.style.width = `${width}px`;
    }
    if (geometry.roll) {
        // paper from a roll is cut where the document ends; a millimetre of air, or rounding would make a second page
        bodies.forEach((body) => {
            body.style.display = "flow-root"; // margins are part of what is measured
        });
        const tallest = Math.max(...bodies.map((body) => body.getBoundingClientRect().height));
        const content = (tallest * scale) / (PX * factor);
        geometry.height = Math.min(Math.ceil(geometry.top + content + geometry.bottom) + 1, ROLL_MOST);
    }
    const area = ((geometry.height - geometry.top - geometry.bottom) * PX * factor) / scale;
    const counts = bodies.map(
        (body, index) =>
            job.counts?.[index] ?? Math.max(1, Math.ceil(body.getBoundingClientRect().height / area - 0.001))
    );
    document.body.style.width = "";

    const size = `size: ${geometry.width}mm ${geometry.height}mm`;
    const margins = ["top", "right", "bottom", "left"].map((side) => `${geometry[side]}mm`).join(" ");
    sheet.textContent = `
        @page { ${size} !important; margin: ${margins} !important }
        @page sire-overlay { ${size} !important; margin: 0 !important }
        .sire-overlay { width: ${px(geometry.width)}; height: ${px(geometry.height)}; zoom: ${factor} }
        .sire-header, .sire-footer, .sire-line { left: ${px(geometry.left)}; width: ${px(widths)} }
        .sire-header, .sire-footer { height: ${px(geometry.height)} }`;
    const pages = [];
    if (job.headers.length || job.footers.length) {
        counts.forEach((count, index) => {
            for (let number = 1; number <= count; number++) {
                pages.push(overlay(index, number, count));
            }
        });
    }
    const marked = bodies.length > 1; // a last page of links, which tells where each body starts
    if (marked) {
        const page = document.createElement("div");
        page.className = "sire-overlay";
        bodies.forEach((body) => {
            const link = document.createElement("a");
            link.href = `#${body.id}`;
            link.textContent = ".";
            page.append(link);
        });
        pages.push(page);
    }
    document.body.append(...pages);
    await ready(pages);
    return { counts, marked, overlays: pages.length - marked, scale: scale / factor };
}
