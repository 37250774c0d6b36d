// The packages live in the state folder, not beside this file: ./sire lint says where.
import { createRequire } from "node:module";

const require = createRequire(`${process.env.SIRE_NODE}/`);
const js = require("@eslint/js");
const globals = require("globals");

export default [
    { ignores: [".sire/**", "**/node_modules/**", "**/static/lib/**"] },
    js.configs.recommended,
    {
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: { ...globals.browser, odoo: "readonly" },
        },
        rules: {
            curly: "error",
            eqeqeq: "error",
            "no-console": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-unused-vars": ["error", { args: "after-used", caughtErrors: "none" }],
            "no-var": "error",
            "prefer-const": "error",
        },
    },
    {
        files: ["**/*.config.mjs", "bench/**", "tests/**"],
        languageOptions: { globals: globals.node },
    },
];
