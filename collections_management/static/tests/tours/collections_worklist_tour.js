import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const CLICKS = 3;
const SECONDS = 20;
const row = (name) => `.o_collections_row:contains("${name}")`;
const story = (name) => `.o_collections_story:contains("${name}")`;

let clicks = 0;
let started = 0;
const count = () => (clicks += 1);

/** From here on every click of the person counts, and the clock runs. */
function start() {
    clicks = 0;
    started = performance.now();
    document.addEventListener("click", count, true);
}

function stop(what) {
    document.removeEventListener("click", count, true);
    const seconds = (performance.now() - started) / 1000;
    console.info(`${what}: ${clicks} clicks, ${seconds.toFixed(1)} s`);
    if (clicks > CLICKS || seconds > SECONDS) {
        throw new Error(`${what} took ${clicks} clicks and ${seconds} seconds`);
    }
}

registry.category("web_tour.tours").add("collections_worklist", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "The clock runs",
            trigger:
                ".o_app[data-menu-xmlid='collections_management.collections_menu']",
            run: start,
        },
        {
            content: "Open the app",
            trigger:
                ".o_app[data-menu-xmlid='collections_management.collections_menu']",
            run: "click",
        },
        {
            content: "The first customer is there, with the story",
            trigger: `${row("Tour Alpha")}.o_selected`,
        },
        {
            content: "It says why, and what is owed",
            trigger: `${story("Tour Alpha")}:contains("40 days"):contains("500")`,
            run: () => stop("Find today's first customer"),
        },
        {
            content: "The clock runs again",
            trigger: story("Tour Alpha"),
            run: start,
        },
        {
            content: "What was said",
            trigger: ".o_collections_log textarea",
            run: "edit Asks for a copy of the invoice",
        },
        {
            content: "How it ended, with another date than the usual one",
            trigger: `.o_collections_outcome:contains("Call Back Later") .o_collections_dates`,
            run: "click",
        },
        {
            content: "In three days",
            trigger: ".o-dropdown--menu .dropdown-item[data-date]:eq(1)",
            run: "click",
        },
        {
            content: "It is saved, and the next customer is there",
            trigger: `${row("Tour Beta")}.o_selected`,
            run: () => stop("Log a call with the next date"),
        },
        {
            content: "The day moved on",
            trigger: ".o_collections_progress:contains(1 of 2)",
        },
        {
            content: "No answer: one click",
            trigger: `.o_collections_story:contains("Tour Beta") .o_collections_outcome:contains("No Answer") [data-result]`,
            run: "click",
        },
        {
            content: "The list says that it is done",
            trigger: ".o_nocontent_help:contains(Done for today)",
        },
    ],
});
