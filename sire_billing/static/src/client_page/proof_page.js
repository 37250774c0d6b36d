// Compares a file with those that were issued. The file does not leave the phone.
(() => {
    "use strict";
    const box = document.getElementById("compare");
    const input = document.getElementById("file");
    const answer = document.getElementById("answer");
    if (!box || !input || !answer) {
        return;
    }
    const say = (text, isBad) => {
        answer.textContent = text;
        answer.className = isBad ? "error" : "note-box";
        answer.hidden = false;
    };
    input.addEventListener("change", async () => {
        const file = input.files[0];
        if (!file) {
            return;
        }
        if (!window.crypto || !window.crypto.subtle) {
            say(box.dataset.cannot, true);
            return;
        }
        try {
            const digest = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
            const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
            const isSame = box.dataset.hashes.split(" ").includes(hex);
            say(isSame ? box.dataset.same : box.dataset.other, !isSame);
        } catch {
            say(box.dataset.cannot, true);
        }
    });
})();
