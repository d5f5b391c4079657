import {registry} from "@web/core/registry";
import {FormRenderer} from "@web/views/form/form_renderer";
import {formView} from "@web/views/form/form_view";
import {StatusBarButtons} from "@web/views/form/status_bar_buttons/status_bar_buttons";

const SHOWN = 4;

/** What is done every day stays in one row, the rest waits under "More". */
export class CaseButtons extends StatusBarButtons {
    static template = "collections_management.CaseButtons";

    get shown() {
        const names = this.visibleSlotNames;
        // One button alone is no shorter under "More" than beside the others.
        return names.length > SHOWN + 1 ? names.slice(0, SHOWN) : names;
    }

    get others() {
        return this.visibleSlotNames.slice(this.shown.length);
    }
}

class CaseFormRenderer extends FormRenderer {
    static components = {...FormRenderer.components, StatusBarButtons: CaseButtons};
}

registry
    .category("views")
    .add("collections_case_form", {...formView, Renderer: CaseFormRenderer});
