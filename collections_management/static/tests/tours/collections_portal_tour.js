import {registry} from "@web/core/registry";

const inDays = (days) =>
    new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
const number = "input[name=amount]";

function isAmount(expected) {
    return () => {
        const shown = document.querySelector(number).value;
        if (shown !== expected) {
            throw new Error(`${shown} is not ${expected}`);
        }
    };
}

// Numbers and days: browsers have their own fields for them.
const fill = (value) =>
    function () {
        this.anchor.value = value;
        this.anchor.dispatchEvent(new Event("input", {bubbles: true}));
    };

function attachSlip() {
    const files = new DataTransfer();
    files.items.add(new File(["%PDF-1.4 a slip"], "slip.pdf"));
    this.anchor.files = files.files;
    this.anchor.dispatchEvent(new Event("change", {bubbles: true}));
}

registry.category("web_tour.tours").add("collections_portal_promise", {
    steps: () => [
        {
            content: "The account says what is overdue",
            trigger: "[name=overdue]:contains(100.30)",
        },
        {
            content: "Choose a document",
            trigger: "label.list-group-item:contains(70.20) input",
            run: "click",
        },
        {
            content: "And another one",
            trigger: "label.list-group-item:contains(30.10) input",
            run: "click",
        },
        {
            content: "Promise them",
            trigger: "button[formaction*='/promise']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Both are chosen, and their sum is proposed to the cent",
            trigger: `body:has(input[name=lines]:checked) ${number}`,
            run: isAmount("100.30"),
        },
        {
            content: "By when",
            trigger: "input[name=date]",
            run: fill(inDays(5)),
        },
        {
            content: "A word about it",
            trigger: "input[name=note]",
            run: "edit On payday",
        },
        {
            content: "Promise",
            trigger: "form[method=post] button.btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is noted",
            trigger: ".alert-success:contains(noted your promise)",
        },
        {
            content: "The documents say so",
            trigger: "label.list-group-item:contains(70.20) .badge:contains(Promised)",
        },
    ],
});

registry.category("web_tour.tours").add("collections_portal_notice", {
    steps: () => [
        {
            content: "Open the account from the home page of customers",
            trigger: "a[href='/my/collections']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is paid already",
            trigger: "button[formaction*='/notice']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "What was paid",
            trigger: number,
            run: fill("30.10"),
        },
        {
            content: "Where",
            trigger: "input[name=bank]",
            run: "edit Banco Uno 77",
        },
        {
            content: "With its slip",
            trigger: "input[name=slip]",
            run: attachSlip,
        },
        {
            content: "Send",
            trigger: "form[method=post] button.btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Somebody looks for it",
            trigger: ".alert-success:contains(look for your payment)",
        },
        {
            content: "It says how it stands",
            trigger: ".list-group-item:contains(30.10) .badge:contains(being verified)",
        },
        {
            content: "Something else is wrong",
            trigger: "button[formaction*='/dispute']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Which document",
            trigger: "label.list-group-item:contains(70.20) input",
            run: "click",
        },
        {
            content: "Why",
            trigger: "select[name=reason]",
            run: "selectByIndex 1",
        },
        {
            content: "In words",
            trigger: "textarea[name=note]",
            run: "edit Two boxes were broken",
        },
        {
            content: "Send",
            trigger: "form[method=post] button.btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It is being looked into",
            trigger: "label.list-group-item:contains(70.20) .badge:contains(reviewed)",
        },
    ],
});
