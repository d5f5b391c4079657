import {registry} from "@web/core/registry";

// A salesperson on the phone: what is done by hand has to fit in it.
const SECONDS = 15;
let started = 0;

registry.category("web_tour.tours").add("collections_issue", {
    steps: () => [
        {
            content: "The customer's page says what to know before selling more",
            trigger: ".alert .o_field_widget[name=collections_banner]:contains(400)",
        },
        {
            content: "Report an issue",
            trigger: "button[name=action_collections_issue]",
            run: async ({click}) => {
                started = performance.now();
                await click();
            },
        },
        {
            content: "Why",
            trigger: ".modal .o_field_widget[name=reason_id] span:contains(Damaged)",
            run: "click",
        },
        {
            content: "In a few words",
            trigger: ".modal .o_field_widget[name=description] textarea",
            run: "edit Two boxes were broken",
        },
        {
            content: "That is all",
            trigger: ".modal button[name=action_report]",
            run: "click",
        },
        {
            content: "It says who answers, and by when",
            trigger: ".o_notification:contains(who answers by)",
            run: () => {
                const seconds = (performance.now() - started) / 1000;
                if (seconds > SECONDS) {
                    throw new Error(`It took ${seconds} seconds`);
                }
            },
        },
        {
            content: "The page says it",
            trigger:
                ".alert .o_field_widget[name=collections_banner]:contains(Open issues: 1)",
        },
        {
            content: "See the story of the own customer",
            trigger: ".alert button[name=action_collections_case]",
            run: "click",
        },
        {
            content: "The issues are there",
            trigger: ".o_notebook .nav-link:contains(Issues)",
            run: "click",
        },
        {
            content: "Open it",
            trigger:
                ".o_field_widget[name=dispute_ids] .o_data_row:contains(Damaged) button[name=action_open]",
            run: "click",
        },
        {
            content: "Its thread is the place to go on talking",
            trigger: ".o-mail-Chatter",
        },
        {
            content: "With what was said",
            trigger: ".o_field_widget[name=description]:contains(broken)",
        },
    ],
});
