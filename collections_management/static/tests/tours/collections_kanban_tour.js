import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const column = (name) => `.o_kanban_group:contains("${name}")`;
const card = (name) => `.o_kanban_record:contains("${name}")`;

registry.category("web_tour.tours").add("collections_kanban", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger:
                ".o_app[data-menu-xmlid='collections_management.collections_menu']",
            run: "click",
        },
        {
            content: "Portfolio",
            trigger:
                "[data-menu-xmlid='collections_management.collections_portfolio_menu']",
            run: "click",
        },
        {
            content: "Cases",
            trigger: "[data-menu-xmlid='collections_management.collections_case_menu']",
            run: "click",
        },
        {
            content: "The column says what there is to ask for",
            trigger: `${column("Not Reminded")} .o_collections_actionable:contains("300")`,
        },
        {
            content: "The column says how much is owed",
            trigger: `${column("Not Reminded")} .o_collections_total:contains("1,000")`,
        },
        {
            content: "The card says for how long",
            trigger: `${column("Not Reminded")} ${card("Tour Alpha")}:contains("5 days")`,
        },
        {
            content: "Nobody reminds by dragging",
            trigger: card("Tour Alpha"),
            run: ({drag_and_drop}) => drag_and_drop(column("Final Notice")),
        },
        {
            content: "It springs back and says why",
            trigger:
                ".o_notification:contains(the stage “Final Notice”) .o_notification_close",
            run: "click",
        },
        {
            content: "What is disputed begins with what the customer says",
            trigger: card("Tour Alpha"),
            run: ({drag_and_drop}) => drag_and_drop(column("Disputed")),
        },
        {
            content: "The dialog knows the customer",
            trigger: ".modal .o_field_widget[name=case_id]:contains(Tour Alpha)",
        },
        {
            content: "Not now",
            trigger: ".modal button.btn-close, .modal .o_form_button_cancel",
            run: "click",
        },
        {
            content: "The card is still there",
            trigger: `${column("Not Reminded")} ${card("Tour Alpha")}`,
            run: ({drag_and_drop}) => drag_and_drop(column("Legal")),
        },
        {
            content: "A stage that a person chooses asks for the reason",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Sued in June",
        },
        {
            content: "Set the stage",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "The card went to the stage",
            trigger: `${column("Legal")}:contains("(1)")`,
        },
        {
            content: "Open another case",
            trigger: card("Tour Beta"),
            run: "click",
        },
        {
            content: "See what the customer owes",
            trigger:
                ".o_form_view .o_field_widget[name=amount_actionable]:contains(200)",
        },
        {
            content: "Read the ledger again",
            trigger: "button[name=action_refresh]",
            run: "click",
        },
        {
            content: "The documents are there",
            trigger: ".o_field_widget[name=item_ids] .o_data_row:contains(200)",
        },
        {
            content: "Go back",
            trigger: ".o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            content: "The column counts what is left",
            trigger: `${column("Not Reminded")} .o_collections_actionable:contains("200")`,
        },
        {
            content: "The customer promises to pay",
            trigger: card("Tour Beta"),
            run: ({drag_and_drop}) => drag_and_drop(column("Promised")),
        },
        {
            content: "All that is overdue is proposed",
            trigger: ".modal .o_field_widget[name=amount] input:value(200.00)",
        },
        {
            content: "Register it",
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "The card went to the promised ones",
            trigger: `${column("Promised")} ${card("Tour Beta")}:contains("200")`,
        },
    ],
});
