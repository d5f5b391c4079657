import {browser} from "@web/core/browser/browser";
import {session} from "@web/session";
import {user} from "@web/core/user";

const DAY = 24 * 60 * 60 * 1000;
const LIFE = 14 * DAY;

/** Read and write of this browser's storage: without it nothing breaks, nothing stays. */
const storage = {
    read(key) {
        try {
            return JSON.parse(browser.localStorage.getItem(key));
        } catch {
            return null;
        }
    },
    write(key, value) {
        try {
            browser.localStorage.setItem(key, JSON.stringify(value));
        } catch {
            // Private mode, or no room left.
        }
    },
};

const owner = () => `${session.db}.${user.userId}`;

export const emptyDraft = () => ({text: "", contact: false, date: null, reason: false});

/**
 * What somebody types about a case, kept in this browser until it is saved: closing it
 * loses nothing. One person's drafts are not another's; old ones go.
 */
export class Drafts {
    constructor() {
        this.prefix = `collections.draft.${owner()}.`;
        this.prune();
    }

    load(caseId) {
        const {text, contact, date, reason} = storage.read(this.prefix + caseId) || {};
        return {
            ...emptyDraft(),
            text: text || "",
            contact: contact || false,
            date: date ?? null,
            reason: reason || false,
        };
    }

    keep(caseId, {text, contact, date, reason}) {
        if (text || reason) {
            const draft = {text, contact, date, reason, at: Date.now()};
            storage.write(this.prefix + caseId, draft);
        } else {
            this.drop(caseId);
        }
    }

    drop(caseId) {
        browser.localStorage.removeItem(this.prefix + caseId);
    }

    prune() {
        for (const key of Object.keys(browser.localStorage)) {
            if (key.startsWith(this.prefix)) {
                const draft = storage.read(key);
                if (!draft || Date.now() - draft.at > LIFE) {
                    browser.localStorage.removeItem(key);
                }
            }
        }
    }
}

/** The cases that somebody left for later today; tomorrow they are where they belong. */
export class Later {
    constructor() {
        this.key = `collections.later.${owner()}`;
    }

    of(today) {
        const kept = storage.read(this.key);
        return kept?.today === today ? kept.ids : [];
    }

    has(today, caseId) {
        return this.of(today).includes(caseId);
    }

    add(today, caseId) {
        const others = this.of(today).filter((id) => id !== caseId);
        storage.write(this.key, {today, ids: [...others, caseId]});
    }

    remove(today, caseId) {
        const ids = this.of(today).filter((id) => id !== caseId);
        storage.write(this.key, {today, ids});
    }
}
