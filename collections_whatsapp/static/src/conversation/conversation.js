import {
    Component,
    markup,
    onMounted,
    onPatched,
    onWillStart,
    onWillUnmount,
    onWillUpdateProps,
    useRef,
    useState,
} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {
    deserializeDateTime,
    formatDate,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

const REFRESH = 5000;
const TICK = 30000;

/** The WhatsApp conversation of a case: bubbles, receipts, and what may be sent now. */
export class WhatsappConversation extends Component {
    static template = "collections_whatsapp.Conversation";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.scroller = useRef("scroller");
        this.state = useState({
            contacts: [],
            messages: [],
            waiting: [],
            templates: [],
            may_send: false,
            costs: "",
            trouble: false,
            contactId: false,
            text: "",
            templateId: false,
            preview: "",
            busy: false,
            now: Date.now(),
        });
        this.last = 0;
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((props) => {
            if (props.record.resId !== this.props.record.resId) {
                return this.load(props.record.resId);
            }
        });
        const refresh = setInterval(() => this.load(this.props.record.resId), REFRESH);
        const tick = setInterval(() => (this.state.now = Date.now()), TICK);
        onWillUnmount(() => {
            clearInterval(refresh);
            clearInterval(tick);
        });
        onMounted(() => this.toEnd());
        onPatched(() => this.toEnd());
    }

    /** Show the newest message when one came, and only then. */
    toEnd() {
        const count = this.state.messages.length + this.state.waiting.length;
        if (this.scroller.el && count !== this.last) {
            this.last = count;
            this.scroll();
        }
    }

    scroll() {
        this.scroller.el.scrollTop = this.scroller.el.scrollHeight;
    }

    /** A picture needs its place once it is there. */
    onPicture(message) {
        if (message === this.state.messages.at(-1)) {
            this.scroll();
        }
    }

    async load(caseId) {
        if (!caseId) {
            return;
        }
        const found = await this.orm.silent.call(
            "collections.case",
            "whatsapp_conversation",
            [[caseId]]
        );
        Object.assign(this.state, found);
        const open = found.contacts.find((contact) => contact.until);
        const known = found.contacts.some(
            (contact) => contact.id === this.state.contactId
        );
        if (!known) {
            this.state.contactId = (open || found.contacts[0] || {id: false}).id;
        }
    }

    get contact() {
        return this.state.contacts.find(
            (contact) => contact.id === this.state.contactId
        );
    }

    get minutesLeft() {
        const until = this.contact && this.contact.until;
        if (!until) {
            return 0;
        }
        return Math.max(
            0,
            Math.floor((deserializeDateTime(until).toMillis() - this.state.now) / 60000)
        );
    }

    get countdown() {
        const minutes = this.minutesLeft;
        return _t("%(hours)s h %(minutes)s min left for free text", {
            hours: Math.floor(minutes / 60),
            minutes: minutes % 60,
        });
    }

    moment(text) {
        return toLocaleDateTimeString(deserializeDateTime(text));
    }

    time(message) {
        return deserializeDateTime(message.date).toLocaleString({
            hour: "numeric",
            minute: "2-digit",
        });
    }

    /** The day above its first message; empty above the others. */
    newDay(index) {
        const [before, now] = [
            this.state.messages[index - 1],
            this.state.messages[index],
        ];
        const day = formatDate(deserializeDateTime(now.date));
        return before && formatDate(deserializeDateTime(before.date)) === day
            ? ""
            : day;
    }

    icon(message) {
        return {
            planned: "fa-clock-o",
            to_approve: "fa-clock-o",
            deferred: "fa-clock-o",
            queued: "fa-clock-o",
            sending: "fa-clock-o",
            sent: "fa-check",
            delivered: "o_collections_whatsapp_double",
            read: "o_collections_whatsapp_double o_collections_whatsapp_read",
            failed: "fa-exclamation-circle text-danger",
            uncertain: "fa-question-circle text-warning",
            cancelled: "fa-ban",
        }[message.state];
    }

    isDouble(message) {
        return message.state === "delivered" || message.state === "read";
    }

    async chooseTemplate(ev) {
        this.state.templateId = Number(ev.target.value) || false;
        this.state.preview = "";
        if (this.state.templateId) {
            // Rendered by our own template on the server, where all texts are escaped.
            this.state.preview = markup(
                await this.orm.call("collections.case", "whatsapp_preview", [
                    [this.props.record.resId],
                    this.state.templateId,
                ])
            );
        }
    }

    async sendText() {
        const text = this.state.text.trim();
        if (text && !this.state.busy) {
            await this.send("whatsapp_send_text", [this.state.contactId, text]);
            this.state.text = "";
        }
    }

    async sendTemplate() {
        if (this.state.templateId && !this.state.busy) {
            await this.send("whatsapp_send_template", [this.state.templateId]);
            this.state.templateId = false;
            this.state.preview = "";
        }
    }

    async send(method, values) {
        this.state.busy = true;
        try {
            await this.orm.call("collections.case", method, [
                [this.props.record.resId],
                ...values,
            ]);
            await this.load(this.props.record.resId);
        } finally {
            this.state.busy = false;
        }
    }

    onKeydown(ev) {
        if (ev.key === "Enter" && !ev.shiftKey) {
            ev.preventDefault();
            this.sendText();
        }
    }
}

export const whatsappConversation = {component: WhatsappConversation};

registry
    .category("view_widgets")
    .add("collections_whatsapp_conversation", whatsappConversation);
