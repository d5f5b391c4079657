// Colours that stay apart for colour-blind people (Okabe and Ito), from what is not
// due to what is oldest. A number always stands beside them.
const NOT_DUE = "#0072b2";
const AGES = ["#56b4e9", "#f0e442", "#e69f00", "#d55e00", "#8c2d04", "#4d1a02"];
const CREDITS = "#8a8a8a";

/** Return a colour for each bucket, and for the credits at the end. */
export function columnColors(count) {
    const ages = count - 2;
    const step = ages > 1 ? (AGES.length - 2) / (ages - 1) : 0;
    const between = Array.from({length: ages}, (_, place) =>
        ages <= AGES.length ? AGES[place] : AGES[Math.round(place * step)]
    );
    return [NOT_DUE, ...between, CREDITS];
}

export const LINES = {
    first: "#0072b2",
    second: "#d55e00",
    third: "#009e73",
    target: "#333333",
};

/** Where expected cash comes from: colours, and the order in which bars are stacked. */
export const SOURCES = {
    due: "#56b4e9",
    promised: "#0072b2",
    agreed: "#e69f00",
    cheques: "#009e73",
};
