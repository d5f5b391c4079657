import {Component} from "@odoo/owl";
import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";

/** The keys of a day's walk, in the order of the help. */
export const keys = () => [
    {
        keys: ["1", "…", "9"],
        label: _t("How it ended: saved with the date shown, then the next case"),
    },
    {keys: ["D"], label: _t("Another date for the next contact")},
    {keys: ["N"], label: _t("Write a note; Esc leaves it")},
    {keys: ["C"], label: _t("Call")},
    {keys: ["A"], label: _t("Do the suggested step")},
    {keys: ["P"], label: _t("Promise")},
    {keys: ["Y"], label: _t("Says it is paid")},
    {keys: ["R"], label: _t("Report an issue")},
    {keys: ["H"], label: _t("Hold")},
    {keys: ["O"], label: _t("Open the case")},
    {keys: ["S"], label: _t("Leave it for later today")},
    {keys: ["J", "K"], label: _t("Next case, previous case")},
    {keys: ["U"], label: _t("Take back the last outcome")},
    {keys: ["E"], label: _t("End the day: what was done")},
    {keys: ["?"], label: _t("These keys")},
];

/** What each key does. */
export class WorklistHelp extends Component {
    static template = "collections_management.WorklistHelp";
    static components = {Dialog};
    static props = {close: Function};

    get keys() {
        return keys();
    }
}

/** How far a collector is with the target of the month. */
export class WorklistTarget extends Component {
    static template = "collections_management.WorklistTarget";
    static props = {target: Object, money: Function};

    percent(share) {
        return Math.min(100, Math.round(100 * share));
    }

    get isBehind() {
        const {amount} = this.props.target;
        return amount && amount.share < amount.expected;
    }
}

/** What was done today, what comes tomorrow. */
export class WorklistDay extends Component {
    static template = "collections_management.WorklistDay";
    static components = {WorklistTarget};
    static props = {
        day: Object,
        progress: Object,
        later: Number,
        target: {type: [Object, Boolean], optional: true},
        money: Function,
        onContinue: Function,
        onClose: Function,
    };

    get left() {
        return this.props.progress.total - this.props.progress.done;
    }
}
