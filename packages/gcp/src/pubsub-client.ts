/** Pub/Sub's client behind a local name: a bundler loses the named exports of CommonJS packages in `import()`. */

export { PubSub } from "@google-cloud/pubsub";
