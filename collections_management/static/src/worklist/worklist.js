import {
    Component,
    markup,
    onMounted,
    onWillStart,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
import {Drafts, Later, emptyDraft} from "./drafts";
import {WorklistDay, WorklistHelp, WorklistTarget} from "./walk";
import {Dropdown} from "@web/core/dropdown/dropdown";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {KeepLast} from "@web/core/utils/concurrency";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
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
/** The date that a result is saved with: the one chosen, where it can have that. */
function dateOf(result, chosen) {
    if (!result.takes_date || chosen === null || chosen === undefined) {
        return result.date;
    }
    return chosen || (result.needs_date ? result.date : false);
}

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
        // The date for whatever the result is: null for its usual one, false for none.
        chosen: {type: [String, Boolean, {value: null}], optional: true},
        onChosen: Function,
    };

    get date() {
        return dateOf(this.props.result, this.props.chosen);
    }

    /** The name of the date where it has one, else the date itself. */
    get label() {
        const {result, nextDates} = this.props;
        const known = nextDates.find((one) => one.date === this.date);
        if (known || !this.date) {
            return known?.label;
        }
        return this.date === result.date ? result.label : this.date;
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
        walking: Boolean,
        onOutcome: Function,
        onAction: Function,
        onHold: Function,
        onDone: Function,
    };

    get script() {
        // Sanitized by the server: fields of type Html.
        return markup(this.props.story.script);
    }

    /** Dates for the next contact, whatever the result: its usual one, others, none. */
    get dates() {
        return [
            {date: null, label: _t("As usual")},
            ...this.props.nextDates,
            {date: false, label: _t("None")},
        ];
    }

    onReason(ev) {
        this.props.draft.reason = Number(ev.target.value) || false;
    }

    onNoteKey(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            ev.target.blur();
        }
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
    static components = {Layout, WorklistDay, WorklistStory, WorklistTarget};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.dialog = useService("dialog");
        this.ui = useService("ui");
        this.drafts = new Drafts();
        this.later = new Later();
        // Outcomes saved on this page.
        this.logged = 0;
        this.keepLast = new KeepLast();
        this.keepStory = new KeepLast();
        this.display = {controlPanel: {}};
        this.list = useRef("list");
        this.content = useRef("content");
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
            draft: emptyDraft(),
            // Case after case, instead of the list; then what was done.
            walking: Boolean(this.props.action.context?.start_day),
            day: null,
            last: false,
            target: false,
        });
        useEffect(
            (caseId) => {
                if (caseId) {
                    this.drafts.keep(caseId, this.state.draft);
                }
            },
            () => {
                const {text, contact, date, reason} = this.state.draft;
                return [this.state.selected, text, contact, date, reason];
            }
        );
        this.searchLater = useDebounced(() => this.load(), 300);
        // A new case begins at its top, and a screen reader says whose it is.
        useEffect(
            (caseId, walking) => {
                if (caseId && walking) {
                    this.content.el?.closest(".o_content")?.scrollTo({top: 0});
                    this.focus("h3");
                }
            },
            () => [this.state.story?.id, this.state.walking, this.state.day]
        );
        onWillStart(() => this.load());
        onMounted(async () => {
            this.loadTarget();
            await this.selectFirst();
            if (this.state.walking) {
                await this.loadLast();
            }
        });
        this.setupKeys();
        this.setupWalkKeys();
    }

    setupKeys() {
        useHotkey("j", () => this.move(1), {allowRepeat: true});
        useHotkey("k", () => this.move(-1), {allowRepeat: true});
        for (const [index, digit] of DIGITS.entries()) {
            useHotkey(digit, () => {
                const result = this.state.data.results[index];
                if (result && this.isReady && !this.state.day) {
                    this.log(result, dateOf(result, this.state.draft.date));
                }
            });
        }
    }

    setupWalkKeys() {
        const walking = {isAvailable: () => this.state.walking && !this.state.day};
        const keys = {
            n: () => this.focus("textarea"),
            c: () => this.click(".o_collections_contact a[href^='tel:']"),
            a: () => this.click(".o_collections_suggestion button"),
            d: () => this.nextDate(),
            s: () => this.skip(),
            u: () => this.undo(),
            e: () => this.showDay(),
            p: () => this.run("action_promise", [this.state.selected]),
            y: () => this.run("action_payment_notice", [this.state.selected]),
            r: () => this.run("action_report_issue", [this.state.selected]),
            h: () => this.run("action_hold", [this.state.selected]),
            o: () => this.run("action_open", [this.state.selected]),
        };
        for (const [key, act] of Object.entries(keys)) {
            useHotkey(key, () => this.isReady && act(), walking);
        }
        useHotkey("b", () => this.start(), {isAvailable: () => !this.state.walking});
        useHotkey("enter", () => this.resume(), {
            isAvailable: (target) => this.state.day && target?.tagName !== "BUTTON",
        });
        useExternalListener(window, "keydown", (ev) => {
            const typing = ev.target.closest?.(
                "input, textarea, select, [contenteditable]"
            );
            if (ev.key === "?" && !typing && this.ui.activeElement === document) {
                this.help();
            }
        });
    }

    // Loading

    async load({keep = false} = {}) {
        const logged = this.logged;
        const data = await this.keepLast.add(this.fetch(0));
        if (logged !== this.logged) {
            // Asked before an outcome was saved: the answer is out of date.
            return this.load({keep});
        }
        this.state.data = data;
        this.state.rows = data.rows;
        this.state.checked = {};
        if (keep && this.current) {
            return this.select(this.current);
        }
        this.back();
        if (this.state.walking && !data.rows.length) {
            return this.showDay();
        }
        return this.selectFirst();
    }

    /** The target of the month comes by itself: nothing waits for it. */
    async loadTarget() {
        this.state.target = await this.orm.call(
            "collections.target",
            "get_target",
            [],
            {
                collector_id: this.state.collector || null,
            }
        );
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
        const {rows, selected, walking} = this.state;
        if (rows.length && !selected && (walking || !this.ui.isSmall)) {
            return this.select(walking ? this.pick(0) : rows[0]);
        }
    }

    async select(row) {
        if (this.state.selected !== row.id) {
            Object.assign(this.state.draft, this.drafts.load(row.id));
        }
        this.state.selected = row.id;
        this.state.story = await this.keepStory.add(
            this.orm.call("collections.worklist", "get_story", [row.id, row.group])
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

    /** The story in sight is of the case that is chosen: a fast key hits no other. */
    get isReady() {
        return Boolean(this.state.story) && this.state.story.id === this.state.selected;
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

    get laterCount() {
        const left = new Set(this.state.rows.map((row) => row.id));
        return this.later.of(this.state.data.today).filter((id) => left.has(id)).length;
    }

    /** Where one is: of what is left, the case in front included. */
    get place() {
        const {done, total} = this.state.data.progress;
        return Math.min(done + 1, total);
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
        this.loadTarget();
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
        if (this.state.busy || !this.isReady) {
            return;
        }
        const {current: row, state} = this;
        state.busy = true;
        try {
            const {interaction_id, message} = await this.orm.call(
                "collections.worklist",
                "log_outcome",
                [row.id, result.id],
                {
                    next_date: date || false,
                    text: state.draft.text,
                    contact_id: state.draft.contact,
                    delay_reason_id: state.draft.reason,
                }
            );
            this.notification.add(message, {type: "success"});
            this.logged += 1;
            state.last = {interaction_id, case_id: row.id};
            this.drafts.drop(row.id);
            this.later.remove(state.data.today, row.id);
            await this.done(row);
        } finally {
            state.busy = false;
        }
    }

    /** The row leaves the list, the day moves on, the next case opens. */
    async done(row) {
        const {state} = this;
        const index = state.rows.findIndex((one) => one.id === row.id);
        if (index < 0) {
            // The list was loaded meanwhile.
            return this.load();
        }
        state.rows.splice(index, 1);
        delete state.checked[row.id];
        state.data.total -= 1;
        state.data.progress.done += 1;
        state.data.progress.amount_done += row.overdue;
        const group = state.data.groups.find((one) => one.key === row.group);
        group.count -= 1;
        Object.assign(state.draft, emptyDraft());
        await this.loadAhead(index);
        const next = this.state.walking
            ? this.pick(index)
            : state.rows[index] || state.rows[state.rows.length - 1];
        if (next) {
            await this.select(next);
        } else {
            this.back();
            await this.load();
        }
    }

    /** The next page comes before the list runs dry. */
    async loadAhead(index) {
        const {rows, data} = this.state;
        if (rows.length - index < FEW && rows.length < data.total) {
            await this.loadMore();
        }
    }

    // Case after case

    /** The list becomes a walk: one case at a time, by keyboard. */
    async start() {
        Object.assign(this.state, {walking: true, day: null, group: false, search: ""});
        this.state.checked = {};
        this.back();
        await this.load();
        await this.loadLast();
    }

    /** What can be taken back, also after the browser was closed. */
    async loadLast() {
        const {last} = await this.fetchDay();
        this.state.last = last;
    }

    stop() {
        Object.assign(this.state, {walking: false, day: null});
        return this.load();
    }

    /** The summary stays until the next case is there: a fast key is not lost. */
    async resume() {
        const {day} = this.state;
        await this.load();
        if (this.state.day === day) {
            this.state.day = null;
        }
    }

    /** The first case from a place on that was not left for later; those come last. */
    pick(index) {
        const {rows, data} = this.state;
        const later = new Set(this.later.of(data.today));
        const isOpen = (row) => !later.has(row.id);
        return (
            rows.slice(index).find(isOpen) ||
            rows.find(isOpen) ||
            rows[index] ||
            rows[0]
        );
    }

    async skip() {
        const {current: row, state} = this;
        const index = state.rows.indexOf(row);
        this.later.add(state.data.today, row.id);
        await this.loadAhead(index + 1);
        return this.select(this.pick(index + 1));
    }

    async undo() {
        if (!this.state.last) {
            this.notification.add(_t("There is nothing of today to take back"));
            return;
        }
        const {case_id, text, message} = await this.orm.call(
            "collections.worklist",
            "undo_outcome",
            [this.state.last.interaction_id]
        );
        this.notification.add(message, {type: "info"});
        this.drafts.keep(case_id, {...emptyDraft(), text});
        await this.load();
        const row = this.state.rows.find((one) => one.id === case_id);
        if (row) {
            await this.select(row);
        }
        await this.loadLast();
    }

    /** As usual, each of the dates offered, none, and from the beginning. */
    nextDate() {
        const {data, draft} = this.state;
        const dates = [null, ...data.next_dates.map((one) => one.date), false];
        draft.date = dates[(dates.indexOf(draft.date) + 1) % dates.length];
    }

    fetchDay() {
        // One's own day, whoever has the list.
        return this.orm.call("collections.worklist", "get_day", []);
    }

    async showDay() {
        const day = await this.fetchDay();
        await this.loadTarget();
        this.state.day = day;
    }

    help() {
        this.dialog.add(WorklistHelp);
    }

    focus(selector) {
        this.content.el?.querySelector(selector)?.focus();
    }

    click(selector) {
        this.content.el?.querySelector(selector)?.click();
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
