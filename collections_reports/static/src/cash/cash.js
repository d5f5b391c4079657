import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {LINES, SOURCES} from "../palette";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {download} from "@web/core/network/download";
import {formatUnit} from "../format";
import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

const RANGE = "#333333";

export class CollectionsCash extends Component {
    static template = "collections_reports.Cash";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = {controlPanel: {}};
        this.state = useState({page: null});
        this.canvases = {weeks: useRef("weeks"), past: useRef("past")};
        this.charts = [];
        onWillStart(async () => {
            const [page] = await Promise.all([
                this.orm.call("collections.cash.screen", "get_page", [], {
                    company_ids: this.companies,
                }),
                loadBundle("web.chartjs_lib"),
            ]);
            this.state.page = page;
        });
        useEffect(
            () => this.draw(),
            () => [this.state.page]
        );
        onWillUnmount(() => this.charts.forEach((chart) => chart.destroy()));
    }

    get companies() {
        return user.activeCompanies.map((company) => company.id);
    }

    // Showing

    get page() {
        return this.state.page;
    }

    date(value) {
        return formatDate(deserializeDate(value));
    }

    money(amount, short = false) {
        return formatUnit(amount, "money", this.page.currency_id, {short});
    }

    percent(value) {
        return formatUnit(value, "%", this.page.currency_id);
    }

    get scopeLabel() {
        const {companies, date} = this.page;
        return _t("%(companies)s · what is open at %(date)s", {
            companies: companies.join(", "),
            date: this.date(date),
        });
    }

    /** What is expected of the first weeks, as large numbers. */
    get tiles() {
        const {weeks, horizon} = this.page;
        return [
            {label: _t("Next week"), ...this.sumOf(weeks[0])},
            {label: _t("In 4 weeks"), ...this.sumOf(weeks[horizon - 1])},
            {label: _t("In 13 weeks"), ...this.sumOf(weeks[weeks.length - 1])},
        ];
    }

    sumOf({total, total_low, total_high}) {
        return {
            amount: this.money(total, true),
            range: _t("%(low)s to %(high)s", {
                low: this.money(total_low, true),
                high: this.money(total_high, true),
            }),
        };
    }

    get sources() {
        const {weeks} = this.page;
        return [
            {key: "predicted", label: _t("Predicted"), color: SOURCES.due},
            {key: "promised", label: _t("Promised"), color: SOURCES.promised},
            {key: "agreed", label: _t("In agreement"), color: SOURCES.agreed},
            {key: "cheques", label: _t("Cheques held"), color: SOURCES.cheques},
        ].filter(({key}) => key === "predicted" || weeks.some((week) => week[key] > 0));
    }

    total(key) {
        return this.money(this.page.weeks.reduce((sum, week) => sum + week[key], 0));
    }

    get withoutLabel() {
        return _t(
            "%s is overdue and nothing is known of when it comes: it is not in the forecast.",
            this.money(this.page.without)
        );
    }

    // Charts

    draw() {
        this.charts.forEach((chart) => chart.destroy());
        this.charts = [this.drawWeeks()];
        if (this.page.backtest && this.page.backtest.weeks.length) {
            this.charts.push(this.drawPast());
        }
    }

    /** A thin dark bar over the others: from the least to the most. */
    rangeBar(rows) {
        return {
            type: "bar",
            label: _t("Range"),
            data: rows.map((row) => [row.low, row.high]),
            backgroundColor: RANGE,
            barPercentage: 0.12,
            grouped: false,
            stack: "range",
            order: 0,
        };
    }

    drawWeeks() {
        const {weeks} = this.page;
        const stacks = this.sources.map(({key, label, color}) => ({
            label,
            data: weeks.map((week) => week[key]),
            backgroundColor: color,
            grouped: false,
            stack: "expected",
            order: 1,
        }));
        return this.chart("weeks", weeks, [this.rangeBar(weeks), ...stacks]);
    }

    drawPast() {
        const {weeks} = this.page.backtest;
        return this.chart("past", weeks, [
            {
                type: "line",
                label: _t("Came in"),
                data: weeks.map((row) => row.came),
                borderColor: LINES.second,
                backgroundColor: LINES.second,
                pointStyle: "rectRot",
                pointRadius: 5,
                showLine: false,
                order: -1,
            },
            this.rangeBar(weeks),
            {
                label: _t("Expected"),
                data: weeks.map((row) => row.amount),
                backgroundColor: SOURCES.due,
                grouped: false,
                stack: "expected",
                order: 1,
            },
        ]);
    }

    chart(name, rows, datasets) {
        return new window.Chart(this.canvases[name].el, {
            type: "bar",
            data: {
                labels: rows.map((row) =>
                    deserializeDate(row.date_from).toFormat("d LLL")
                ),
                datasets,
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: {position: "bottom", labels: {usePointStyle: true}},
                },
                scales: {
                    x: {stacked: true},
                    y: {
                        beginAtZero: true,
                        ticks: {callback: (amount) => this.money(amount, true)},
                    },
                },
            },
        });
    }

    // Going on

    openModel() {
        return this.action.doAction(
            "collections_management.collections_prediction_model_action"
        );
    }

    openKept() {
        return this.action.doAction(
            "collections_reports.collections_cash_forecast_line_action"
        );
    }

    exportXlsx() {
        return download({
            url: "/collections/cash.xlsx",
            data: {company_ids: this.companies.join(",")},
        });
    }
}

registry.category("actions").add("collections_reports.cash", CollectionsCash);
