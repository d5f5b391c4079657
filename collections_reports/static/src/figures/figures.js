import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {formatFigure, formatUnit, inputsOf, trendOf} from "../format";
import {KeepLast} from "@web/core/utils/concurrency";
import {LINES} from "../palette";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {download} from "@web/core/network/download";
import {formatFloat} from "@web/core/utils/numbers";
import {loadBundle} from "@web/core/assets";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";
import {useSetupAction} from "@web/search/action_hook";
import {user} from "@web/core/user";

const MODEL = "collections.kpi.screen";

export class CollectionsFigures extends Component {
    static template = "collections_reports.Figures";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepPage = new KeepLast();
        this.keepMatrices = new KeepLast();
        this.display = {controlPanel: {}};
        this.state = useState({
            query: {dateFrom: "", dateTo: "", adjustment: 0, rates: null},
            page: null,
            matrices: null,
            loading: true,
        });
        this.canvases = {days: useRef("days"), shares: useRef("shares")};
        this.charts = [];
        useSetupAction({getLocalState: () => ({query: {...this.state.query}})});
        onWillStart(async () => {
            this.options = await this.orm.call(MODEL, "get_options", []);
            Object.assign(
                this.state.query,
                {dateFrom: this.options.date_from, dateTo: this.options.date_to},
                this.props.state?.query
            );
            await Promise.all([loadBundle("web.chartjs_lib"), this.load()]);
        });
        useEffect(
            () => this.draw(),
            () => [this.state.page]
        );
        onWillUnmount(() => this.charts.forEach((chart) => chart.destroy()));
    }

    // Asking

    get companies() {
        return user.activeCompanies.map((company) => company.id);
    }

    get period() {
        const {dateFrom, dateTo} = this.state.query;
        return {date_from: dateFrom, date_to: dateTo, company_ids: this.companies};
    }

    async load() {
        this.state.loading = true;
        // The figures are there first; the matrices follow.
        this.loadMatrices();
        try {
            this.state.page = await this.keepPage.add(
                this.orm.call(MODEL, "get_page", [], this.period)
            );
        } finally {
            this.state.loading = false;
        }
    }

    async loadMatrices() {
        const {dateTo, adjustment, rates} = this.state.query;
        this.state.matrices = await this.keepMatrices.add(
            this.orm.call(MODEL, "get_matrices", [], {
                date: dateTo,
                company_ids: this.companies,
                rates: rates || false,
                adjustment,
            })
        );
    }

    setDate(name, value) {
        const query = {...this.state.query, [name]: value};
        if (!value) {
            return;
        }
        if (query.dateFrom > query.dateTo) {
            this.notification.add(_t("The period ends before it begins."), {
                type: "warning",
            });
            return;
        }
        this.state.query[name] = value;
        return this.load();
    }

    onRate(place, ev) {
        const rate = Number(ev.target.value) / 100;
        const current = this.state.matrices.provision.rows.map((row) => row.rate);
        if (!(rate >= 0 && rate <= 1)) {
            this.notification.add(_t("A loss rate is from 0 to 100 %."), {
                type: "warning",
            });
            ev.target.value = this.percentInput(current[place]);
            return;
        }
        current[place] = rate;
        // What was shown had the adjustment in it already.
        this.state.query.adjustment = 0;
        this.state.query.rates = current;
        return this.loadMatrices();
    }

    onAdjustment(ev) {
        this.state.query.adjustment = Number(ev.target.value) || 0;
        return this.loadMatrices();
    }

    useHistory() {
        this.state.query.rates = this.state.matrices.history.rows.map(
            (row) => row.rate
        );
        return this.loadMatrices();
    }

    async keepRates() {
        const {limits, provision} = this.state.matrices;
        await this.orm.call("collections.risk", "keep_rates", [], {
            rates: provision.rows.map((row) => row.rate),
            buckets: limits,
        });
        this.state.query.rates = null;
        this.state.query.adjustment = 0;
        this.notification.add(_t("These loss rates are kept for the company."), {
            type: "success",
        });
        return this.loadMatrices();
    }

    // Showing

    date(value) {
        return formatDate(deserializeDate(value));
    }

    get scopeLabel() {
        const {companies, before_from, before_to} = this.state.page;
        return _t("%(companies)s · compared with %(first)s to %(last)s", {
            companies: companies.join(", "),
            first: this.date(before_from),
            last: this.date(before_to),
        });
    }

    money(amount) {
        return formatUnit(amount, "money", this.state.page.currency_id);
    }

    value(figure) {
        return formatFigure(figure, this.state.page.currency_id);
    }

    unit(value, figure) {
        return formatUnit(value, figure.unit, this.state.page.currency_id);
    }

    inputs(figure) {
        const {input_words, currency_id} = this.state.page;
        return inputsOf(figure, input_words, currency_id);
    }

    trend(figure) {
        return trendOf(figure, this.state.page.currency_id);
    }

    percent(rate) {
        return rate === null || rate === undefined
            ? _t("n/a")
            : `${formatFloat(100 * rate, {digits: [16, 2]})} %`;
    }

    percentInput(rate) {
        return rate === null ? "" : (100 * rate).toFixed(2);
    }

    /** The darker, the more of the balance; the number stands in it. */
    shade(rate) {
        const part = Math.min(100, Math.max(0, rate || 0)) / 100;
        return `background-color: rgba(0, 114, 178, ${(0.45 * part).toFixed(3)})`;
    }

    get rollTitle() {
        const {since, date} = this.state.matrices;
        return _t("Roll rates from %(first)s to %(last)s", {
            first: this.date(since),
            last: this.date(date),
        });
    }

    get historyLabel() {
        const {history} = this.state.matrices;
        return _t(
            "History: documents due from %(first)s to %(last)s; lost of them, still open or written off: %(lost)s.",
            {
                first: this.date(history.date_from),
                last: this.date(history.date_to),
                lost: this.money(history.lost),
            }
        );
    }

    get sourceLabel() {
        return {
            given: _t("Loss rates typed here."),
            kept: _t("Loss rates kept for the company."),
            history: _t("Loss rates from the company's own history."),
        }[this.state.matrices.provision.source];
    }

    // Charts

    draw() {
        this.charts.forEach((chart) => chart.destroy());
        const {series, targets} = this.state.page;
        this.labels = series.map((point) =>
            deserializeDate(point.date).toFormat("LLL yy")
        );
        this.charts = [
            this.chart("days", [
                this.line(_t("DSO"), "dso", LINES.first, [], "circle"),
                this.line(
                    _t("DSO by countback"),
                    "dso_countback",
                    LINES.second,
                    [6, 4],
                    "rectRot"
                ),
                this.line(
                    _t("Average days delinquent"),
                    "average_days_delinquent",
                    LINES.third,
                    [2, 3],
                    "triangle"
                ),
                ...this.target(targets.dso, _t("Target of the DSO")),
            ]),
            this.chart("shares", [
                this.line(_t("CEI of 3 months, %"), "cei_quarter", LINES.first),
                this.line(
                    _t("CEI of the month, %"),
                    "cei",
                    LINES.second,
                    [6, 4],
                    "rectRot"
                ),
                ...this.target(targets.cei, _t("Target of the CEI")),
            ]),
        ];
    }

    line(label, field, color, borderDash = [], pointStyle = "circle") {
        return {
            label,
            data: this.state.page.series.map((point) => point[field]),
            borderColor: color,
            backgroundColor: color,
            borderDash,
            pointStyle,
            pointRadius: 4,
            tension: 0.2,
        };
    }

    target(value, label) {
        if (value === undefined) {
            return [];
        }
        return [
            {
                label,
                data: this.labels.map(() => value),
                borderColor: LINES.target,
                backgroundColor: LINES.target,
                borderDash: [1, 3],
                pointRadius: 0,
            },
        ];
    }

    chart(name, datasets) {
        return new window.Chart(this.canvases[name].el, {
            type: "line",
            data: {labels: this.labels, datasets},
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {legend: {position: "bottom", labels: {usePointStyle: true}}},
                scales: {y: {beginAtZero: true}},
            },
        });
    }

    // Going on

    async openBehind(behind) {
        const action = await this.orm.call(
            "collections.kpi.behind",
            "get_behind_action",
            [],
            {key: behind.key, ...this.period}
        );
        return this.action.doAction(action);
    }

    openTargets() {
        return this.action.doAction(
            "collections_reports.collections_kpi_target_action"
        );
    }

    exportXlsx() {
        const {rates, adjustment} = this.state.query;
        return download({
            url: "/collections/figures.xlsx",
            data: {
                date_from: this.period.date_from,
                date_to: this.period.date_to,
                company_ids: this.companies.join(","),
                ...(rates ? {rates: JSON.stringify(rates)} : {}),
                ...(adjustment ? {adjustment} : {}),
            },
        });
    }
}

registry.category("actions").add("collections_reports.figures", CollectionsFigures);
