import {
    RemainingDaysField,
    remainingDaysField,
} from "@web/views/fields/remaining_days/remaining_days_field";
import {registry} from "@web/core/registry";

// Further away a date says more than a number of days.
const NEAR = 6;

/**
 * A date of work: "Today", "In 3 days", else the date itself. Odoo's own field says
 * "Next month" of a day that is four days away.
 */
export class NearDateField extends RemainingDaysField {
    get diffString() {
        const days = this.diffDays;
        if (days === null || Math.abs(days) > NEAR) {
            return days === null ? "" : this.formattedValue;
        }
        const text = this.props.record.data[this.props.name].toRelativeCalendar({
            unit: "days",
        });
        return text.charAt(0).toUpperCase() + text.slice(1);
    }
}

registry.category("fields").add("collections_near_date", {
    ...remainingDaysField,
    component: NearDateField,
});
