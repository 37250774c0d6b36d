/* The page works without this. With it, the page follows a payment without a reload, and a form is sent once. */
(() => {
    "use strict";
    const body = document.body;
    const live = document.getElementById("live");
    const path = body.dataset.path;
    const language = body.dataset.lang ? `lang=${body.dataset.lang}` : "";
    const FAST_MS = 2000;
    const FAST_FOR_MS = 75000;
    const SLOW_MS = 8000;
    const GIVE_UP_MS = 20 * 60000;
    let since = 0;
    let timer = 0;
    let clock = 0;
    let phone = "";

    const main = () => document.getElementById("main");
    const isLive = () => Boolean(main().dataset.live);
    /* Somebody reads how to pay without a prompt: the payment may come at any moment. */
    const isWatched = () => isLive() || Boolean(main().querySelector(".paybill[open]"));
    const url = (suffix, ...query) => {
        const parts = [language, ...query].filter(Boolean).join("&");
        return path + suffix + (parts ? `?${parts}` : "");
    };

    function say(text) {
        live.textContent = "";
        setTimeout(() => {
            live.textContent = text;
        }, 50);
    }

    function toast(text) {
        let note = document.querySelector(".toast");
        if (!text) {
            note?.remove();
            return;
        }
        if (!note) {
            note = document.createElement("p");
            note.className = "toast";
            note.setAttribute("role", "alert");
            body.append(note);
        }
        note.textContent = text;
    }

    /* Put the new main part in place of the old one, say what it is, and go on from there. */
    function swap(html) {
        const next = new DOMParser().parseFromString(html, "text/html").getElementById("main");
        if (!next) {
            location.replace(url(""));
            return;
        }
        main().replaceWith(next);
        toast("");
        const invalid = next.querySelector("[aria-invalid]");
        const field = next.querySelector("input[name=phone]");
        if (field && !field.value && phone) {
            field.value = phone;
        }
        const error = next.querySelector("[role=alert]");
        const heading = next.querySelector("[data-focus]");
        const target = invalid || heading || (error ? null : field);
        if (target) {
            target.focus({ preventScroll: true });
        }
        const seen = error || heading || next.querySelector(".pay");
        seen?.scrollIntoView({ block: "center" });
        const sentence = heading ? heading.nextElementSibling : next.querySelector(".act h2, .act .big");
        const told = error ? [error] : [heading, sentence];
        const what = told.filter(Boolean).map((node) => node.textContent.trim());
        say(what.join(" ").replace(/\s+/g, " "));
        start();
    }

    async function load() {
        const answer = await fetch(url("", "part=main"), { cache: "no-store" });
        swap(await answer.text());
    }

    async function look() {
        clearTimeout(timer);
        try {
            const answer = await fetch(url("/status"), { cache: "no-store" });
            const status = await answer.json();
            toast("");
            if (status.gone || status.v !== main().dataset.version) {
                await load();
                return;
            }
            const seconds = main().querySelector("[data-left]");
            if (seconds && status.left !== undefined) {
                seconds.dataset.left = status.left;
            }
        } catch {
            toast(body.dataset.offline);
        }
        again();
    }

    function again() {
        clearTimeout(timer);
        const age = Date.now() - since;
        if (isWatched() && age < GIVE_UP_MS) {
            timer = setTimeout(look, age < FAST_FOR_MS ? FAST_MS : SLOW_MS);
        }
    }

    function tick() {
        const seconds = main().querySelector("[data-left]");
        if (!seconds) {
            return;
        }
        const left = Math.max(0, Number(seconds.dataset.left) - 1);
        seconds.dataset.left = left;
        seconds.textContent = left;
        if (!left) {
            seconds.closest(".countdown").hidden = true;
            main().querySelector(".late").hidden = false;
        }
    }

    /* "98,600" as people type it; anything else is for the server to refuse in words. */
    function relabel(form) {
        const label = form.querySelector("[data-label]");
        const amount = form.elements.amount?.value.replace(/[^\d.]/g, "");
        if (label && amount && Number.isFinite(Number(amount))) {
            const text = Number(amount).toLocaleString("en-KE", { maximumFractionDigits: 2 });
            label.textContent = label.dataset.label.replace("{amount}", `KSh ${text}`);
        }
    }

    async function send(form, submitter) {
        const button = form.querySelector("button");
        if (button.disabled) {
            return;
        }
        button.disabled = true;
        phone = form.elements.phone?.value || phone;
        const data = new URLSearchParams(new FormData(form));
        data.set("part", "main");
        if (submitter?.name) {
            data.set(submitter.name, submitter.value);
        }
        try {
            const answer = await fetch(form.action, { method: "POST", body: data });
            swap(await answer.text());
        } catch {
            /* It may have arrived: look before anyone taps again. */
            toast(body.dataset.unsure);
            setTimeout(async () => {
                try {
                    await load();
                } catch {
                    toast(body.dataset.offline);
                    button.disabled = false;
                }
            }, 3000);
        }
    }

    function start() {
        since = Date.now();
        clearInterval(clock);
        clock = isLive() ? setInterval(tick, 1000) : 0;
        main().querySelectorAll("form.pay").forEach(relabel);
        again();
    }

    document.addEventListener("submit", (event) => {
        event.preventDefault();
        send(event.target, event.submitter);
    });
    /* What is ticked is in the total at once. */
    document.addEventListener("change", (event) => {
        if (event.target.name?.startsWith("option-")) {
            send(event.target.form, { name: "preview", value: "1" });
        }
    });
    document.addEventListener("input", (event) => {
        if (event.target.name === "amount") {
            relabel(event.target.form);
        }
    });
    document.addEventListener("click", async (event) => {
        const button = event.target.closest?.("[data-done]");
        if (!button) {
            return;
        }
        const value = button.closest("div").querySelector("dd");
        const label = button.dataset.label || button.textContent;
        try {
            await navigator.clipboard.writeText(value.dataset.copy || value.textContent.trim());
            button.dataset.label = label;
            button.textContent = button.dataset.done;
            say(button.dataset.done);
            setTimeout(() => {
                button.textContent = label;
            }, 2000);
        } catch {
            getSelection().selectAllChildren(
                value
            ); /* An old browser, or not HTTPS: it is marked, to be copied by hand. */
        }
    });
    document.addEventListener(
        "toggle",
        (event) => {
            if (event.target.matches?.(".paybill")) {
                since = Date.now();
                again();
            }
        },
        true
    );
    /* Safaricom drew no QR code: the numbers are there all the same. */
    document.addEventListener(
        "error",
        (event) => {
            event.target.closest?.(".qr")?.remove();
        },
        true
    );
    /* Back from the M-Pesa prompt, or from another page: look at once. */
    document.addEventListener("visibilitychange", () => {
        if (!document.hidden && main().dataset.state !== "open") {
            look();
        }
    });
    window.addEventListener("online", look);
    start();
})();
