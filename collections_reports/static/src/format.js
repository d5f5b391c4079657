import {_t} from "@web/core/l10n/translation";
import {formatCurrency} from "@web/core/currency";
import {formatFloat} from "@web/core/utils/numbers";

/** Return a number as a person reads it: money, days, percent or a count. */
export function formatUnit(value, unit, currencyId, {short = false} = {}) {
    if (value === null || value === undefined) {
        return _t("n/a");
    }
    if (unit === "money") {
        return formatCurrency(value, currencyId, {
            humanReadable: short,
            noSymbol: !short,
        });
    }
    if (unit === "count") {
        return formatFloat(value, {digits: [16, Number.isInteger(value) ? 0 : 2]});
    }
    const number = formatFloat(value, {digits: [16, 1]});
    return unit === "days" ? _t("%s days", number) : `${number} %`;
}

/** Return the value of a figure; a countback may be "more than". */
export function formatFigure(figure, currencyId, options) {
    const text = formatUnit(figure.value, figure.unit, currencyId, options);
    return figure.inputs.exceeds_history ? `> ${text}` : text;
}

/** Return label and text of each input that has a name. */
export function inputsOf(figure, words, currencyId) {
    return Object.entries(figure.inputs)
        .filter(([name, input]) => words[name] && typeof input !== "boolean")
        .map(([name, input]) => ({
            name,
            label: words[name].label,
            text: formatUnit(input, words[name].unit, currencyId),
        }));
}

/** Return in words and by an arrow whether a figure moved, and for the better. */
export function trendOf(figure, currencyId, options) {
    const {value, before} = figure;
    if (value === null || before === null || before === undefined) {
        return null;
    }
    const change = value - before;
    const sign = change > 0 ? "+" : change < 0 ? "−" : "±";
    return {
        text: sign + formatUnit(Math.abs(change), figure.unit, currencyId, options),
        icon: change > 0 ? "fa-arrow-up" : change < 0 ? "fa-arrow-down" : "fa-minus",
        word:
            figure.is_better === null
                ? _t("unchanged")
                : figure.is_better
                  ? _t("better")
                  : _t("worse"),
        isBetter: figure.is_better,
    };
}
