import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {LINES, SOURCES, columnColors} from "../palette";
import {KeepLast} from "@web/core/utils/concurrency";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {formatFigure, formatUnit, inputsOf, trendOf} from "../format";
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
        return formatUnit(amount, "money", this.state.data.currency_id, {short});
    }

    value(figure) {
        return formatFigure(figure, this.state.data.currency_id, {short: true});
    }

    unit(value, figure) {
        return formatUnit(value, figure.unit, this.state.data.currency_id, {
            short: true,
        });
    }

    trend(figure) {
        return trendOf(figure, this.state.data.currency_id, {short: true});
    }

    inputs(figure) {
        const {input_words, currency_id} = this.state.data;
        return inputsOf(figure, input_words, currency_id);
    }

    /** The last twelve months as a line, drawn in a box of 100 by 24. */
    spark(figure) {
        const known = figure.series.filter((value) => value !== null);
        const low = Math.min(...known);
        const high = Math.max(...known);
        const step = 100 / Math.max(1, figure.series.length - 1);
        return figure.series
            .map((value, place) => [place * step, value])
            .filter(([, value]) => value !== null)
            .map(([x, value]) => {
                const part = high > low ? (value - low) / (high - low) : 0.5;
                return `${x.toFixed(1)},${(22 - 20 * part).toFixed(1)}`;
            })
            .join(" ");
    }

    get scopeLabel() {
        const {companies, date, date_from} = this.state.data;
        return _t("%(companies)s · rates of %(first)s to %(last)s", {
            companies: companies.join(", "),
            first: formatDate(deserializeDate(date_from)),
            last: formatDate(deserializeDate(date)),
        });
    }

    date(value) {
        return formatDate(deserializeDate(value));
    }

    get promisesLabel() {
        const {count, total} = this.state.data.promises;
        const values = {count, total: this.money(total)};
        return count === 1
            ? _t("One promise, %(total)s", values)
            : _t("%(count)s promises, %(total)s", values);
    }

    promised(promise) {
        return formatUnit(promise.amount, "money", promise.currency_id, {short: true});
    }

    get sources() {
        return [
            {key: "due", label: _t("By due date"), color: SOURCES.due},
            {key: "promised", label: _t("Promised"), color: SOURCES.promised},
            {key: "agreed", label: _t("In agreement"), color: SOURCES.agreed},
            {key: "cheques", label: _t("Cheques held"), color: SOURCES.cheques},
        ];
    }

    get expectedLabel() {
        const total = this.state.data.expected.reduce(
            (sum, week) => sum + week.amount,
            0
        );
        return _t("%s in 8 weeks", this.money(total));
    }

    get forecastLabel() {
        const {amount, low, high} = this.state.data.forecast;
        return _t("Predicted in 4 weeks: %(amount)s (%(low)s to %(high)s)", {
            amount: this.money(amount),
            low: this.money(low),
            high: this.money(high),
        });
    }

    get beforeLabel() {
        const {amount, came, said} = this.state.data.forecast.before;
        return _t("Said on %(date)s: %(amount)s; came in: %(came)s", {
            date: this.date(said),
            amount: this.money(amount),
            came: this.money(came),
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
                    ...this.target(points.length),
                ],
            },
            {
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: {usePointStyle: true, boxHeight: 6},
                    },
                },
                scales: {y: {beginAtZero: true}},
            }
        );
    }

    target(count) {
        const {dso} = this.state.data.targets;
        if (dso === undefined) {
            return [];
        }
        return [
            {
                label: _t("Target"),
                data: Array.from({length: count}, () => dso),
                borderColor: LINES.target,
                backgroundColor: LINES.target,
                borderDash: [1, 3],
                pointRadius: 0,
            },
        ];
    }

    drawExpected() {
        const weeks = this.state.data.expected;
        const datasets = this.sources
            .filter(({key}) => key === "due" || weeks.some((week) => week[key]))
            .map(({key, label, color}) => ({
                label,
                data: weeks.map((week) => week[key]),
                backgroundColor: color,
                borderColor: "#333333",
                borderWidth: 1,
            }));
        return this.chart(
            "expected",
            "bar",
            {
                labels: weeks.map((week) =>
                    deserializeDate(week.date).toFormat("d LLL")
                ),
                datasets,
            },
            {
                plugins: {
                    legend: {
                        position: "bottom",
                        display: datasets.length > 1,
                        labels: {boxWidth: 14},
                    },
                },
                scales: {
                    x: {stacked: true},
                    y: {
                        stacked: true,
                        ticks: {callback: (amount) => this.money(amount)},
                    },
                },
            }
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

    openCash() {
        return this.action.doAction("collections_reports.collections_cash_action");
    }

    openFigures() {
        return this.action.doAction("collections_reports.collections_figures_action");
    }

    openPromise(promise) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "collections.promise",
            res_id: promise.id,
            views: [[false, "form"]],
        });
    }

    openPromises() {
        return this.action.doAction(
            "collections_management.collections_promise_action"
        );
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
