// Renews the parts of a page that carry data-live, when and only when their content changed.
// Without this script the same pages work by refresh.
(() => {
    "use strict";
    const parts = [...document.querySelectorAll("[data-live]")];

    function arrived(part, known) {
        const prompt = part.querySelector("[data-arrived]");
        if (prompt && prompt.dataset.arrived !== known) {
            part.querySelector("#pin")?.focus();
        }
    }

    async function renew(part) {
        const response = await fetch(part.dataset.live, { cache: "no-store" });
        const version = response.headers.get("X-Version");
        if (!response.ok || !version || version === part.dataset.version) {
            return;
        }
        const known = part.querySelector("[data-arrived]")?.dataset.arrived;
        part.innerHTML = await response.text();
        part.dataset.version = version;
        arrived(part, known);
    }

    async function turn() {
        for (const part of parts) {
            try {
                await renew(part);
            } catch {
                // The sandbox is being restarted: try again at the next turn.
            }
        }
        setTimeout(turn, document.hidden ? 3000 : 700);
    }

    if (parts.length) {
        parts.forEach((part) => arrived(part));
        setTimeout(turn, 700);
    }
})();
