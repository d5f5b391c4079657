// Prettier finds plugins beside its configuration; ours live in .local/node.
const path = require("path");

module.exports = {
    bracketSpacing: false,
    printWidth: 88,
    trailingComma: "es5",
    xmlWhitespaceSensitivity: "preserve",
    plugins: [
        path.join(
            __dirname,
            ".local/node/node_modules/@prettier/plugin-xml/src/plugin.js"
        ),
    ],
};
