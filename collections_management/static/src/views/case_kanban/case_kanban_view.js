import {onMounted} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {_t} from "@web/core/l10n/translation";
import {extractAttributes} from "@web/core/utils/xml";
import {useService} from "@web/core/utils/hooks";
import {ColumnProgress} from "@web/views/view_components/column_progress";
import {KanbanArchParser} from "@web/views/kanban/kanban_arch_parser";
import {KanbanHeader} from "@web/views/kanban/kanban_header";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";

const dialog = (name, model, context) => ({
    type: "ir.actions.act_window",
    name,
    res_model: model,
    views: [[false, "form"]],
    target: "new",
    context,
});

/** What a card that is dropped on a column of this kind asks for. */
export const DIALOGS = {
    manual: (record, group) =>
        dialog(_t("Set Stage"), "collections.case.stage", {
            default_case_ids: [record.resId],
            default_stage_id: group.value,
        }),
    promised: (record) =>
        dialog(_t("Register a Promise"), "collections.promise.make", {
            default_case_id: record.resId,
        }),
    disputed: (record) =>
        dialog(_t("Report an Issue"), "collections.dispute.report", {
            default_case_id: record.resId,
        }),
};

/** A second total in the header of each column: `total_field` of the progressbar. */
export class CaseKanbanArchParser extends KanbanArchParser {
    parseProgressBar(progressBar, fields) {
        const result = super.parseProgressBar(...arguments);
        const {total_field: name} = extractAttributes(progressBar, ["total_field"]);
        return {...result, totalField: fields[name] || false};
    }
}

export class CaseColumnProgress extends ColumnProgress {
    static template = "collections_management.CaseColumnProgress";
    static props = {
        ...ColumnProgress.props,
        total: {type: Object},
    };
}

export class CaseKanbanHeader extends KanbanHeader {
    static template = "collections_management.CaseKanbanHeader";
    static components = {
        ...KanbanHeader.components,
        ColumnProgress: CaseColumnProgress,
    };

    get totalAggregate() {
        const {group, progressBarState} = this.props;
        const {totalField} = progressBarState.progressAttributes;
        return progressBarState.getAggregateValue(group, totalField);
    }
}

export class CaseKanbanRenderer extends KanbanRenderer {
    static components = {
        ...KanbanRenderer.components,
        KanbanHeader: CaseKanbanHeader,
    };

    setup() {
        super.setup();
        this.action = useService("action");
        this.notification = useService("notification");
        this.orm = useService("orm");
        onMounted(() => this.showFirstOpenColumn());
    }

    /** On a phone a screen is one column wide: begin where there is something to do. */
    showFirstOpenColumn() {
        if (this.env.isSmall && this.props.list.isGrouped) {
            const open = this.props.list.groups.findIndex((group) => !group.isFolded);
            const columns = this.rootRef.el.querySelectorAll(".o_kanban_group");
            columns[open]?.scrollIntoView({block: "nearest", inline: "center"});
        }
    }

    /** The order of the columns is configuration. */
    get canResequenceGroups() {
        return super.canResequenceGroups && this.props.archInfo.activeActions.editGroup;
    }

    /** Stages follow facts: a card goes where a dialog makes the fact, or back. */
    async sortRecordDrop(dataRecordId, dataGroupId, {parent}) {
        const {list} = this.props;
        const targetId = parent?.dataset.id;
        if (list.groupByField?.name !== "stage_id" || targetId === dataGroupId) {
            return super.sortRecordDrop(...arguments);
        }
        parent?.classList.remove("o_kanban_hover");
        const record = list.records.find((candidate) => candidate.id === dataRecordId);
        const group = list.groups.find((candidate) => candidate.id === targetId);
        if (!record || !group?.value) {
            return;
        }
        const kinds = await this.loadKinds();
        const open = DIALOGS[kinds[group.value]];
        if (open) {
            await this.action.doAction(open(record, group), {
                onClose: () => this.props.list.model.load(),
            });
        } else {
            this.refuse(record, group);
        }
    }

    async loadKinds() {
        if (!this.kinds) {
            const stages = await this.orm.searchRead("collections.stage", [], ["kind"]);
            this.kinds = Object.fromEntries(
                stages.map((stage) => [stage.id, stage.kind])
            );
        }
        return this.kinds;
    }

    refuse(record, group) {
        const message = _t(
            "%(customer)s stays where it is: the stage “%(stage)s” follows what is owed and what was sent. Only stages chosen by a person can be set by hand.",
            {
                customer: record.data.partner_id.display_name,
                stage: group.displayName,
            }
        );
        this.notification.add(message, {type: "warning"});
    }
}

export class CaseKanbanController extends kanbanView.Controller {
    get progressBarAggregateFields() {
        const {totalField} = this.props.archInfo.progressAttributes || {};
        const fields = super.progressBarAggregateFields;
        return totalField ? [...fields, totalField] : fields;
    }
}

export const caseKanbanView = {
    ...kanbanView,
    ArchParser: CaseKanbanArchParser,
    Controller: CaseKanbanController,
    Renderer: CaseKanbanRenderer,
};

registry.category("views").add("collections_case_kanban", caseKanbanView);
