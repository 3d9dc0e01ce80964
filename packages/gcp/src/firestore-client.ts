/** Firestore's client behind a local name: a bundler loses the named exports of CommonJS packages in `import()`. */

export { FieldPath, Firestore, Timestamp } from "@google-cloud/firestore";
