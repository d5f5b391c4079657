import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {LINES, columnColors} from "../palette";
import {KeepLast} from "@web/core/utils/concurrency";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {formatCurrency} from "@web/core/currency";
import {formatFloat} from "@web/core/utils/numbers";
import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

export class CollectionsDashboard extends Component {
    static template = "collections_reports.Dashboard";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = {controlPanel: {}};
        this.state = useState({date: "", data: null});
        this.canvases = {
            aging: useRef("aging"),
            series: useRef("series"),
            expected: useRef("expected"),
        };
        this.charts = [];
        onWillStart(async () => {
            await Promise.all([loadBundle("web.chartjs_lib"), this.load()]);
        });
        useEffect(
            () => this.draw(),
            () => [this.state.data]
        );
        onWillUnmount(() => this.charts.forEach((chart) => chart.destroy()));
    }

    async load() {
        this.state.data = await this.keepLast.add(
            this.orm.call("collections.dashboard", "get_dashboard", [], {
                date: this.state.date || false,
                company_ids: user.activeCompanies.map((company) => company.id),
            })
        );
        this.state.date = this.state.data.date;
    }

    setDate(value) {
        if (value) {
            this.state.date = value;
            return this.load();
        }
    }

    // Showing

    money(amount, short = true) {
        return formatCurrency(amount, this.state.data.currency_id, {
            humanReadable: short,
            noSymbol: !short,
        });
    }

    decimal(number) {
        return formatFloat(number, {digits: [16, 1]});
    }

    value(figure) {
        if (figure.value === null) {
            return _t("n/a");
        }
        if (figure.unit === "money") {
            return this.money(figure.value);
        }
        const number = figure.display || this.decimal(figure.value);
        return figure.unit === "days" ? _t("%s days", number) : `${number} %`;
    }

    /** What stands behind a number, as its tooltip. */
    explanation(figure) {
        const inputs = Object.entries(figure.inputs)
            .filter(([, input]) => typeof input === "number")
            .map(
                ([name, input]) => `${name}: ${formatFloat(input, {digits: [16, 2]})}`
            );
        return [figure.formula, figure.reason, ...inputs].filter(Boolean).join("\n");
    }

    get scopeLabel() {
        const {companies, date, date_from} = this.state.data;
        return _t("%(companies)s · rates of %(first)s to %(last)s", {
            companies: companies.join(", "),
            first: formatDate(deserializeDate(date_from)),
            last: formatDate(deserializeDate(date)),
        });
    }

    stageWidth(stage) {
        const most = Math.max(...this.state.data.stages.map((other) => other.count));
        return most ? (100 * stage.count) / most : 0;
    }

    print() {
        window.print();
    }

    // Charts

    draw() {
        this.charts.forEach((chart) => chart.destroy());
        this.charts = [this.drawAging(), this.drawSeries(), this.drawExpected()];
    }

    chart(name, type, data, options = {}) {
        return new window.Chart(this.canvases[name].el, {
            type,
            data,
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {legend: {display: false}},
                ...options,
            },
        });
    }

    drawAging() {
        const {columns, amounts} = this.state.data.aging;
        return this.chart(
            "aging",
            "bar",
            {
                labels: columns.map((column) => column.label),
                datasets: [
                    {
                        data: amounts,
                        backgroundColor: columnColors(columns.length),
                        borderColor: "#333333",
                        borderWidth: 1,
                    },
                ],
            },
            this.moneyAxis()
        );
    }

    drawSeries() {
        const points = this.state.data.series;
        const line = (label, field, color, borderDash, pointStyle) => ({
            label,
            data: points.map((point) => point[field]),
            borderColor: color,
            backgroundColor: color,
            borderDash,
            pointStyle,
            pointRadius: 4,
            tension: 0.2,
        });
        return this.chart(
            "series",
            "line",
            {
                labels: points.map((point) =>
                    deserializeDate(point.date).toFormat("LLL yy")
                ),
                datasets: [
                    line(_t("DSO"), "dso", LINES.first, [], "circle"),
                    line(
                        _t("DSO by countback"),
                        "dso_countback",
                        LINES.second,
                        [6, 4],
                        "rectRot"
                    ),
                ],
            },
            {
                plugins: {
                    legend: {position: "bottom", labels: {usePointStyle: true}},
                },
                scales: {y: {beginAtZero: true}},
            }
        );
    }

    drawExpected() {
        const weeks = this.state.data.expected;
        return this.chart(
            "expected",
            "bar",
            {
                labels: weeks.map((week) =>
                    deserializeDate(week.date).toFormat("d LLL")
                ),
                datasets: [
                    {
                        data: weeks.map((week) => week.amount),
                        backgroundColor: LINES.bar,
                        borderColor: "#333333",
                        borderWidth: 1,
                    },
                ],
            },
            this.moneyAxis()
        );
    }

    moneyAxis() {
        return {
            scales: {y: {ticks: {callback: (amount) => this.money(amount)}}},
        };
    }

    // Going on

    openAging() {
        return this.action.doAction("collections_reports.collections_aging_action");
    }

    openStage(stage) {
        return this.action.doAction("collections_management.collections_case_action", {
            additionalContext: {search_default_stage_id: stage.id},
        });
    }

    async openDebtor(debtor) {
        const action = await this.orm.call(
            "collections.aging.screen",
            "get_items_action",
            [],
            {
                date: this.state.data.date,
                company_ids: user.activeCompanies.map((company) => company.id),
                row: {key: debtor.key, label: debtor.label},
            }
        );
        return this.action.doAction(action);
    }
}

registry.category("actions").add("collections_reports.dashboard", CollectionsDashboard);
