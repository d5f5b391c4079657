import {registry} from "@web/core/registry";

const SECONDS = 20;
const story = `.o_collections_story:contains("Tour Alpha")`;
const next = `.o_collections_story:contains("Tour Beta")`;

let clicks = 0;
let started = 0;
const count = () => (clicks += 1);

/** From here on every click of the person counts, and the clock runs. */
function start() {
    clicks = 0;
    started = performance.now();
    document.addEventListener("click", count, true);
}

function stop(what, most) {
    document.removeEventListener("click", count, true);
    const seconds = (performance.now() - started) / 1000;
    console.info(`${what}: ${clicks} clicks, ${seconds.toFixed(1)} s`);
    if (clicks > most || seconds > SECONDS) {
        throw new Error(`${what} took ${clicks} clicks and ${seconds} seconds`);
    }
}

registry.category("web_tour.tours").add("collections_day", {
    url: "/odoo/collections-worklist",
    steps: () => [
        {
            content: "A factored invoice: the clock runs",
            trigger: story,
            run: start,
        },
        {
            content: "Hold the older document, from its row",
            trigger: `${story} .o_collections_hold:eq(0)`,
            run: "click",
        },
        {
            content: "Factoring is the usual reason of one document",
            trigger:
                ".modal div[name=reason_id] .o_radio_item:contains(Factoring) input:checked",
        },
        {
            content: "The reason says until when",
            trigger: ".modal button[name=action_hold]",
            run: "click",
        },
        {
            content: "It is on hold, and the story says so",
            trigger: `body:not(:has(.modal)) ${story} tr:contains("on hold")`,
            run: () => stop("Hold a factored invoice", 2),
        },
        {
            content: "A statement: the clock runs again",
            trigger: story,
            run: start,
        },
        {
            content: "Send it, from the list",
            trigger: `${story} footer button:contains("Send Statement")`,
            run: "click",
        },
        {
            content: "The letter is written",
            trigger: ".modal .o_mail_send, .modal button[name=action_send_mail]",
            run: "click",
        },
        {
            content:
                "It went out: the customer is done for today, the next one is there",
            trigger: `body:not(:has(.modal)) ${next}`,
            run: () => stop("Send a statement", 2),
        },
        {
            content: "Why this customer is in its segment",
            trigger: next,
            run: start,
        },
        {
            content: "Open the case",
            trigger: `${next} footer button:contains("Open Case")`,
            run: "click",
        },
        {
            content: "Ask",
            trigger: "button[name=action_why_segment]",
            run: "click",
        },
        {
            content: "Each condition with what the customer has",
            trigger: ".modal div[name=explanation]:contains(Big and late)",
            run: () => stop("See why a customer is in a segment", 2),
        },
    ],
});
