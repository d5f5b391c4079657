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

/** Click, and wait for the file that comes: a refused download shows no page. */
const exported = {
    content: "the workbook comes",
    trigger: ".o_collections_export",
    async run({anchor}) {
        const {send} = XMLHttpRequest.prototype;
        const answer = new Promise((resolve) => {
            XMLHttpRequest.prototype.send = function (...body) {
                this.addEventListener("load", () => resolve(this));
                return send.apply(this, body);
            };
        });
        anchor.click();
        const request = await answer;
        XMLHttpRequest.prototype.send = send;
        const kind = request.getResponseHeader("Content-Type");
        if (request.status !== 200 || !kind.includes("spreadsheetml")) {
            throw new Error(`${request.status} ${kind}`);
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
        exported,
    ],
});

registry.category("web_tour.tours").add("collections_aging_invoice", {
    steps: () => [
        {trigger: ".o_collections_total"},
        setDate("2026-03-31"),
        {trigger: ".o_collections_total:contains(200,000.00)"},
        {trigger: "tr:contains(Customer J) .o_collections_cell", run: "click"},
        {
            trigger: ".o_list_view .o_data_row:contains(20,000.00) .o_data_cell",
            run: "click",
        },
        {trigger: ".o_form_view .o_last_breadcrumb_item:contains(INV/)"},
        {
            trigger:
                ".o_form_view .o_field_widget[name=amount_residual]:contains(20,000)",
        },
    ],
});

function fits(direction) {
    return {
        content: "nothing of the page is out of sight",
        trigger: ".o_collections_dashboard canvas",
        run() {
            const page = document.querySelector(".o_collections_dashboard .o_content");
            const [whole, seen] =
                direction === "down"
                    ? [page.scrollHeight, page.clientHeight]
                    : [page.scrollWidth, page.clientWidth];
            if (whole > seen) {
                throw new Error(`${whole} of which ${seen} show`);
            }
        },
    };
}

registry.category("web_tour.tours").add("collections_dashboard_phone", {
    steps: () => [
        isStyled,
        setDate("2026-03-31"),
        {trigger: ".o_collections_number_card:contains(72.0)"},
        fits("across"),
        {trigger: ".o_collections_debtor:contains(Customer F)", run: "click"},
        {trigger: ".o_kanban_view, .o_list_view"},
    ],
});

registry.category("web_tour.tours").add("collections_dashboard", {
    steps: () => [
        isStyled,
        {trigger: ".o_collections_number_card:contains(DSO)"},
        setDate("2026-03-31"),
        {trigger: ".o_collections_number_card:contains(72.0)"},
        {trigger: ".o_collections_number_card[data-code=dso] .o_collections_trend em"},
        fits("down"),
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
        exported,
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
