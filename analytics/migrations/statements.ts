/**
 * Splits a SQL file into its statements: at semicolons, but not at those within quotes and comments. Comments are
 * left out, and so are statements with nothing in them.
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let statement = '';
  // A quoted part with its escapes (backslash, doubled quote), a comment, a semicolon, or one other character.
  const parts = /(['"`])(?:\\[\s\S]|\1\1|(?!\1)[^\\])*\1|--[^\n]*|\/\*[\s\S]*?\*\/|;|[\s\S]/g;
  for (const [part] of sql.matchAll(parts)) {
    if (part === ';') {
      statements.push(statement.trim());
      statement = '';
    } else if (!part.startsWith('--') && !part.startsWith('/*')) {
      statement += part;
    } else {
      statement += ' ';
    }
  }
  statements.push(statement.trim());
  return statements.filter((text) => text !== '').map((text) => text.replace(/[ \t]+$/gm, ''));
}
