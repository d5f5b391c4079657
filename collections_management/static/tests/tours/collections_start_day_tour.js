import {registry} from "@web/core/registry";

const story = (name) => `.o_collections_story:contains("${name}")`;
const bar = (text) => `.o_collections_progress:contains("${text}")`;
let touched = 0;

/** Somebody took the mouse. */
function onPointer() {
    touched += 1;
}

function checkKeyboardOnly() {
    document.removeEventListener("pointerdown", onPointer, true);
    if (touched) {
        throw new Error(`${touched} times the mouse was needed`);
    }
}

registry.category("web_tour.tours").add("collections_start_day", {
    url: "/odoo/collections-worklist",
    steps: () => [
        {
            content: "The day begins by a key",
            trigger: `.o_collections_start, ${story("Tour Alpha")}`,
            run: () => document.addEventListener("pointerdown", onPointer, true),
        },
        {trigger: story("Tour Alpha"), run: "press b"},
        {
            content: "One case, what to do and why",
            trigger: bar("Customer 1 of 3"),
        },
        {
            content: "It is suggested, with the reason",
            trigger: `.o_collections_suggestion[data-step=call]:contains("likely to pay")`,
        },
        {
            content: "The target of the month",
            trigger: `.o_collections_target:contains("this month")`,
            run: "press ?",
        },
        {
            content: "All keys are explained",
            trigger: ".modal .o_collections_keys:contains(Leave it for later today)",
            run: "press Escape",
        },
        {
            content: "A note",
            trigger: `body:not(:has(.modal)) ${story("Tour Alpha")} h3:focus`,
            run: "press n",
        },
        {
            content: "Keys are letters while one writes",
            trigger: ".o_collections_log textarea:focus",
            run: "edit Sends the slip on Friday",
        },
        {
            content: "The browser closes in the middle of it",
            trigger: ".o_collections_log textarea",
            run: () => window.location.assign("/odoo/collections-day"),
            expectUnloadPage: true,
        },
        {
            content: "Nothing is lost: the same case, the same words",
            trigger: bar("Customer 1 of 3"),
        },
        {
            trigger: `${story("Tour Alpha")} textarea:value("Sends the slip on Friday")`,
            run: () => document.addEventListener("pointerdown", onPointer, true),
        },
        {trigger: story("Tour Alpha"), run: "press d"},
        {
            content: "Tomorrow is chosen",
            trigger:
                ".o_collections_next_dates button[aria-checked=true]:not(:contains(As usual))",
        },
        {trigger: `.o_collections_outcome:contains("Call Back Later")`, run: "press 1"},
        {
            content: "Saved, and the next one is there",
            trigger: story("Tour Beta"),
        },
        {trigger: bar("Customer 2 of 3"), run: "press s"},
        {
            content: "Left for later",
            trigger: story("Tour Gamma"),
        },
        {trigger: bar("1 for later"), run: "press u"},
        {
            content: "Taken back, with its words",
            trigger: `${story("Tour Alpha")} textarea:value("Sends the slip on Friday")`,
        },
        {trigger: bar("Customer 1 of 3"), run: "press 1"},
        {
            content: "Past what was left for later",
            trigger: story("Tour Gamma"),
            run: "press 2",
        },
        {
            content: "Which comes last",
            trigger: story("Tour Beta"),
            run: "press e",
        },
        {
            content: "What was done",
            trigger: `.o_collections_summary:contains("Your day so far"):contains("2 of 3")`,
        },
        {
            trigger: `.o_collections_summary:contains("left for later"):contains("No Answer")`,
            run: "press Enter",
        },
        {trigger: story("Tour Beta"), run: "press 2"},
        {
            content: "Done",
            trigger: `.o_collections_summary:contains("Your day is done"):contains("3 of 3")`,
            run: checkKeyboardOnly,
        },
    ],
});
