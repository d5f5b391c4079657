import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {KeepLast} from "@web/core/utils/concurrency";
import {SearchBar} from "@web/search/search_bar/search_bar";
import {WithSearch} from "@web/search/with_search/with_search";
import {_t} from "@web/core/l10n/translation";
import {columnColors} from "../palette";
import {download} from "@web/core/network/download";
import {formatCurrency} from "@web/core/currency";
import {formatFloat} from "@web/core/utils/numbers";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {user} from "@web/core/user";

const MODEL = "collections.aging.screen";
const PAGE = 100;

class AgingPage extends Component {
    static template = "collections_reports.AgingPage";
    static components = {Layout, SearchBar};
    static props = {action: Object, saved: Object, domain: Array};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.display = {controlPanel: {}, searchPanel: false};
        this.state = useState({
            query: {
                date: "",
                compareDate: "",
                groupBy: "partner_id",
                basis: "due",
                limits: "30, 60, 90, 120",
                limit: PAGE,
            },
            aging: null,
            loading: true,
        });
        useSetupAction({getLocalState: () => ({query: {...this.state.query}})});
        onWillStart(async () => {
            this.options = await this.orm.call(MODEL, "get_options", []);
            Object.assign(
                this.state.query,
                {date: this.options.today},
                this.props.action.params?.query,
                this.props.saved.query
            );
            await this.load();
        });
        onWillUpdateProps((next) => {
            this.state.query.limit = PAGE;
            return this.load(next.domain);
        });
    }

    // Asking

    get limits() {
        return this.state.query.limits.split(",").map((part) => Number(part.trim()));
    }

    get arguments() {
        const query = this.state.query;
        return {
            date: query.date,
            company_ids: user.activeCompanies.map((company) => company.id),
            group_by: query.groupBy,
            buckets: this.limits,
            date_basis: query.basis,
            domain: this.domain,
        };
    }

    async load(domain = this.props.domain) {
        this.domain = domain;
        const query = this.state.query;
        this.state.loading = true;
        try {
            this.state.aging = await this.keepLast.add(
                this.orm.call(MODEL, "get_page", [], {
                    ...this.arguments,
                    compare_date: query.compareDate || false,
                    limit: query.limit,
                })
            );
        } finally {
            this.state.loading = false;
        }
    }

    set(name, value) {
        if (name === "date" && !value) {
            return;
        }
        this.state.query[name] = value;
        this.state.query.limit = PAGE;
        return this.load();
    }

    onLimits(ev) {
        const text = ev.target.value;
        const days = text.split(",").map((part) => Number(part.trim()));
        const valid = days.every(
            (day, place) => Number.isInteger(day) && day > (place ? days[place - 1] : 0)
        );
        if (!valid) {
            this.notification.add(
                _t("Buckets end on whole days that grow, such as 30, 60, 90, 120."),
                {type: "warning"}
            );
            ev.target.value = this.state.query.limits;
            return;
        }
        return this.set("limits", text);
    }

    showMore() {
        this.state.query.limit += 5 * PAGE;
        return this.load();
    }

    // Showing

    money(amount) {
        return formatCurrency(amount, this.state.aging.currency_id, {noSymbol: true});
    }

    get columns() {
        const {columns, amounts, total} = this.state.aging;
        const colors = columnColors(columns.length);
        const debits = amounts.slice(0, -1).reduce((sum, amount) => sum + amount, 0);
        return columns.map((column, place) => ({
            ...column,
            amount: amounts[place],
            color: colors[place],
            share: total ? (100 * amounts[place]) / total : 0,
            width: debits > 0 ? Math.max(0, (100 * amounts[place]) / debits) : 0,
        }));
    }

    share(value) {
        return value === null || value === undefined
            ? ""
            : `${formatFloat(value, {digits: [16, 1]})} %`;
    }

    barWidth(row) {
        return Math.min(100, Math.max(0, row.share || 0));
    }

    get marks() {
        return this.state.aging.marks
            .map((mark, place) => ({...mark, place}))
            .filter((mark) => mark.amount);
    }

    get itemsLabel() {
        return _t("%s items", this.state.aging.item_count);
    }

    get moreLabel() {
        const {rows, row_count} = this.state.aging;
        return _t("Show more (%(shown)s of %(all)s)", {
            shown: rows.length,
            all: row_count,
        });
    }

    get totalLabel() {
        return _t("Total, %s", this.state.aging.currency);
    }

    get ratesLabel() {
        const {rates, currency} = this.state.aging;
        const texts = rates.map(
            (rate) =>
                `${rate.company}, 1 ${rate.currency} = ${rate.rate.toFixed(6)} ` +
                `${currency} (${rate.date})`
        );
        return _t("Converted at: %s", texts.join("; "));
    }

    get groupLabel() {
        const groups = Object.fromEntries(this.options.groups);
        return groups[this.state.aging.group_by];
    }

    // Going on

    async openItems(row, column) {
        const action = await this.orm.call(MODEL, "get_items_action", [], {
            ...this.arguments,
            row: row ? {key: row.key, label: row.label} : false,
            column: column ? column.key : false,
        });
        return this.action.doAction(action);
    }

    exportAs(format) {
        const query = this.arguments;
        return download({
            url: `/collections/aging.${format}`,
            data: {
                ...query,
                buckets: query.buckets.join(","),
                company_ids: query.company_ids.join(","),
                domain: JSON.stringify(query.domain),
            },
        });
    }
}

/** The page under Odoo's own search bar: filters and favorites of open items. */
export class CollectionsAging extends Component {
    static template = "collections_reports.Aging";
    static components = {AgingPage, WithSearch};
    static props = {...standardActionServiceProps};

    get search() {
        return {
            resModel: "collections.item",
            searchViewId: false,
            searchMenuTypes: ["filter", "favorite"],
            loadIrFilters: true,
            globalState: this.props.globalState,
            context: {},
        };
    }
}

registry.category("actions").add("collections_reports.aging", CollectionsAging);
