/** What docs/ has of the declarations. */
export { withGenerated } from './page.ts';
export { schemaText } from './schema.ts';
