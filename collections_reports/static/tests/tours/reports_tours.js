import {registry} from "@web/core/registry";

function setDate(value) {
    return {
        content: `set the date to ${value}`,
        trigger: ".o_collections_date",
        async run({anchor}) {
            anchor.value = value;
            anchor.dispatchEvent(new Event("change", {bubbles: true}));
        },
    };
}

// A fault in a style sheet takes the styles of every page with it.
const isStyled = {
    content: "the page has its styles",
    trigger: ".o_collections_controls",
    run({anchor}) {
        if (getComputedStyle(anchor).display !== "flex") {
            throw new Error("the style sheet of the page was not applied");
        }
    },
};

registry.category("web_tour.tours").add("collections_aging", {
    steps: () => [
        isStyled,
        {trigger: ".o_collections_total"},
        setDate("2026-02-15"),
        {trigger: ".o_collections_total:contains(150,000.00)"},
        setDate("2026-03-31"),
        {trigger: ".o_collections_total:contains(200,000.00)"},
        {
            content: "filter with Odoo's own search bar",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {trigger: ".o_filter_menu .o_menu_item:contains(Overdue)", run: "click"},
        {trigger: ".o_collections_total:contains(100,000.00)"},
        {trigger: ".o_facet_remove", run: "click"},
        {trigger: ".o_collections_total:contains(200,000.00)"},
        {
            trigger: ".o_collections_group",
            run: "select currency_id",
        },
        {trigger: ".o_collections_row:contains(USD)"},
        {
            trigger: ".o_collections_group",
            run: "select partner_id",
        },
        {
            content: "drill down to the items of a cell",
            trigger: "tr:contains(Customer J) .o_collections_cell",
            run: "click",
        },
        {trigger: ".o_list_view .o_data_row:only:contains(20,000.00)"},
        {
            content: "and back, to the same question",
            trigger: ".o_back_button, .breadcrumb-item a:contains(Aging)",
            run: "click",
        },
        {trigger: ".o_collections_total:contains(200,000.00)"},
    ],
});

registry.category("web_tour.tours").add("collections_dashboard", {
    steps: () => [
        isStyled,
        {trigger: ".o_collections_number_card:contains(DSO)"},
        setDate("2026-03-31"),
        {trigger: ".o_collections_number_card:contains(72.0)"},
        {trigger: ".o_collections_number_card[data-code=dso] .o_collections_trend em"},
        {trigger: "canvas"},
        {trigger: ".o_collections_debtor:contains(Customer F)", run: "click"},
        {trigger: ".o_list_view .o_data_row:contains(80,000.00)"},
    ],
});

function setValue(selector, value) {
    return {
        content: `type ${value}`,
        trigger: selector,
        async run({anchor}) {
            anchor.value = value;
            anchor.dispatchEvent(new Event("change", {bubbles: true}));
        },
    };
}

registry.category("web_tour.tours").add("collections_figures", {
    steps: () => [
        isStyled,
        setValue(".o_collections_date_from", "2026-01-01"),
        setValue(".o_collections_date_to", "2026-03-31"),
        {trigger: ".o_collections_figure[data-code=dso] header:contains(72.0)"},
        {trigger: ".o_collections_figure[data-code=cei] header:contains(52.4)"},
        {trigger: ".o_collections_missing[data-code=promise_kept_rate]"},
        {trigger: ".o_collections_rolls td:contains(100.00 %)"},
        setValue(".o_collections_provision tbody tr:nth-child(1) input", "2"),
        {trigger: ".o_collections_provision_total:contains(2,000.00)"},
        {
            content: "what stands behind the recovery",
            trigger: ".o_collections_behind[data-key=recovered]",
            run: "click",
        },
        {trigger: ".o_list_view .o_data_row:contains(40,000.00)"},
    ],
});

function spreadsheetModel() {
    const {services} = odoo.__WOWL_DEBUG__.root.env;
    return services.spreadsheet_dashboard_loader.getActiveDashboard().model;
}

/** Every cell of every sheet that is in error, with what it says. */
function cellsInError({getters}) {
    return getters.getSheetIds().flatMap((sheetId) =>
        Object.values(getters.getEvaluatedCells(sheetId))
            .filter((cell) => cell.type === "error")
            .map((cell) => `${getters.getSheetName(sheetId)}: ${cell.message}`)
    );
}

registry.category("web_tour.tours").add("collections_spreadsheet", {
    steps: () => [
        {trigger: ".o_spreadsheet_dashboard_action .o-grid"},
        {
            content: "what it asks is answered, and no cell is in error",
            trigger: ".o-figure canvas",
            async run() {
                const model = spreadsheetModel();
                const data = model.getters.getSheetIds()[1];
                const value = (row) =>
                    model.getters.getEvaluatedCell({sheetId: data, col: 1, row}).value;
                for (let tries = 0; tries < 100; tries++) {
                    await new Promise((resolve) => setTimeout(resolve, 100));
                    if (value(0) === 200000 && !cellsInError(model).length) {
                        return;
                    }
                }
                throw new Error(`${value(0)}; ${cellsInError(model).join("; ")}`);
            },
        },
    ],
});
