import {Component, markup, onMounted, onWillStart, useRef, useState} from "@odoo/owl";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {KeepLast} from "@web/core/utils/concurrency";
import {Layout} from "@web/search/layout";
import {formatCurrency} from "@web/core/currency";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useDebounced} from "@web/core/utils/timing";
import {useHotkey} from "@web/core/hotkeys/hotkey_hook";
import {useService} from "@web/core/utils/hooks";
import {user} from "@web/core/user";

const PAGE = 40;
// Load the next page before the list runs dry.
const FEW = 8;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** The result of a call: one click saves it with its usual date, or another one. */
export class WorklistOutcome extends Component {
    static template = "collections_management.WorklistOutcome";
    static components = {Dropdown, DropdownItem};
    static props = {
        result: Object,
        nextDates: Array,
        today: String,
        digit: {type: String, optional: true},
        onChosen: Function,
    };

    /** The name of the usual date where it has one, else the date itself. */
    get usual() {
        const {result, nextDates} = this.props;
        return nextDates.find((one) => one.date === result.date)?.label || result.label;
    }

    choose(date) {
        this.props.onChosen(this.props.result, date);
    }

    chooseOther(ev) {
        if (ev.target.value >= this.props.today) {
            this.choose(ev.target.value);
        }
    }
}

/** Everything to know before the customer picks up the phone. */
export class WorklistStory extends Component {
    static template = "collections_management.WorklistStory";
    static components = {WorklistOutcome};
    static props = {
        story: Object,
        why: String,
        results: Array,
        nextDates: Array,
        today: String,
        draft: Object,
        onOutcome: Function,
        onAction: Function,
        onHold: Function,
        onDone: Function,
    };

    get script() {
        // Sanitized by the server: fields of type Html.
        return markup(this.props.story.script);
    }

    get more() {
        return this.props.story.item_count - this.props.story.items.length;
    }

    digit(index) {
        return DIGITS[index];
    }
}

/** The day of a collector: a list in the order of work, and the story beside it. */
export class Worklist extends Component {
    static template = "collections_management.Worklist";
    static components = {Layout, WorklistStory};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.ui = useService("ui");
        this.keepLast = new KeepLast();
        this.keepStory = new KeepLast();
        this.display = {controlPanel: {}};
        this.list = useRef("list");
        this.state = useState({
            data: null,
            rows: [],
            collector: null,
            group: false,
            search: "",
            selected: false,
            story: null,
            checked: {},
            busy: false,
            // What is being typed: it survives everything but saving.
            draft: {text: "", contact: false},
        });
        this.searchLater = useDebounced(() => this.load(), 300);
        onWillStart(() => this.load());
        onMounted(() => this.selectFirst());
        this.setupKeys();
    }

    setupKeys() {
        useHotkey("j", () => this.move(1), {allowRepeat: true});
        useHotkey("k", () => this.move(-1), {allowRepeat: true});
        for (const [index, digit] of DIGITS.entries()) {
            useHotkey(digit, () => {
                const result = this.state.data.results[index];
                if (result && this.state.story) {
                    this.log(result, result.date);
                }
            });
        }
    }

    // Loading

    async load({keep = false} = {}) {
        const data = await this.keepLast.add(this.fetch(0));
        this.state.data = data;
        this.state.rows = data.rows;
        this.state.checked = {};
        if (keep && this.current) {
            return this.select(this.current);
        }
        this.back();
        return this.selectFirst();
    }

    fetch(offset) {
        const {collector, group, search} = this.state;
        return this.orm.call("collections.worklist", "get_worklist", [], {
            collector_id: collector,
            group,
            search,
            offset,
            limit: PAGE,
        });
    }

    async loadMore() {
        const data = await this.keepLast.add(this.fetch(this.state.rows.length));
        const known = new Set(this.state.rows.map((row) => row.id));
        this.state.rows.push(...data.rows.filter((row) => !known.has(row.id)));
        this.state.data.total = data.total;
    }

    /** On a phone the list comes first: the story would cover it. */
    selectFirst() {
        if (!this.ui.isSmall && this.state.rows.length && !this.state.selected) {
            return this.select(this.state.rows[0]);
        }
    }

    async select(row) {
        if (this.state.selected !== row.id) {
            this.state.draft.text = "";
        }
        this.state.draft.contact = false;
        this.state.selected = row.id;
        this.state.story = await this.keepStory.add(
            this.orm.call("collections.worklist", "get_story", [row.id])
        );
        this.list.el
            ?.querySelector(`[data-id="${row.id}"]`)
            ?.scrollIntoView({block: "nearest"});
    }

    back() {
        this.state.selected = false;
        this.state.story = null;
    }

    move(step) {
        const {rows} = this.state;
        const index = rows.findIndex((row) => row.id === this.state.selected);
        const next = rows[index + step];
        if (next) {
            return this.select(next);
        }
    }

    // Showing

    get current() {
        return this.state.rows.find((row) => row.id === this.state.selected);
    }

    get isOwn() {
        return this.state.data.collector_id === user.userId;
    }

    get isNarrowed() {
        return Boolean(this.state.group || this.state.search);
    }

    get showCompany() {
        return user.activeCompanies.length > 1;
    }

    get percent() {
        const {done, total} = this.state.data.progress;
        return total ? Math.round((100 * done) / total) : 0;
    }

    get checkedIds() {
        return this.state.rows
            .filter((row) => this.state.checked[row.id])
            .map((row) => row.id);
    }

    money(amount, short = false) {
        return formatCurrency(amount, this.state.data.currency_id, {
            humanReadable: short,
        });
    }

    // Narrowing

    setCollector(value) {
        this.state.collector = value === "" ? null : Number(value);
        return this.load();
    }

    setGroup(key) {
        this.state.group = this.state.group === key ? false : key;
        return this.load();
    }

    setSearch(value) {
        this.state.search = value;
        this.searchLater();
    }

    clear() {
        this.state.group = false;
        this.state.search = "";
        return this.load();
    }

    // Outcomes

    async log(result, date) {
        if (this.state.busy) {
            return;
        }
        const {current: row, state} = this;
        state.busy = true;
        try {
            const {message} = await this.orm.call(
                "collections.worklist",
                "log_outcome",
                [row.id, result.id],
                {
                    next_date: date || false,
                    text: state.draft.text,
                    contact_id: state.draft.contact,
                }
            );
            this.notification.add(message, {type: "success"});
            await this.done(row);
        } finally {
            state.busy = false;
        }
    }

    /** The row leaves the list, the day moves on, the next case opens. */
    async done(row) {
        const {state} = this;
        const index = state.rows.indexOf(row);
        state.rows.splice(index, 1);
        delete state.checked[row.id];
        state.data.total -= 1;
        state.data.progress.done += 1;
        state.data.progress.amount_done += row.overdue;
        const group = state.data.groups.find((one) => one.key === row.group);
        group.count -= 1;
        state.draft.text = "";
        if (state.rows.length < Math.min(FEW, state.data.total)) {
            await this.loadMore();
        }
        const next = state.rows[index] || state.rows[state.rows.length - 1];
        if (next) {
            await this.select(next);
        } else {
            this.back();
            await this.load();
        }
    }

    async activityDone(activity) {
        await this.orm.call("mail.activity", "action_feedback", [[activity.id]]);
        await this.load({keep: true});
    }

    // Buttons

    toggle(row) {
        this.state.checked[row.id] = !this.state.checked[row.id];
    }

    toggleAll(checked) {
        this.state.checked = checked
            ? Object.fromEntries(this.state.rows.map((row) => [row.id, true]))
            : {};
    }

    /** Run a button of cases or documents; what it changed shows when its dialog closes. */
    async run(method, ids, model = "collections.case") {
        const action = await this.orm.call(model, method, [ids]);
        const reload = () => this.load({keep: true});
        // What a button of a form adds on the server.
        if (action?.view_mode && !action.views) {
            action.views = action.view_mode.split(",").map((mode) => [false, mode]);
        }
        if (action?.tag === "display_notification") {
            delete action.params.next;
        }
        await this.action.doAction(action, {onClose: reload});
        if (action?.tag === "display_notification") {
            await reload();
        }
    }

    openCases() {
        return this.action.doAction("collections_management.collections_case_action");
    }
}

registry.category("actions").add("collections_worklist", Worklist);
