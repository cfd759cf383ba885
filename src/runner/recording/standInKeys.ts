/** Clients of other packages want a key before they ask for anything; none is needed for a replay. */
export function withStandIns(
  env: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const lacking = CLIENT_KEYS.filter((name) => !env[name] && !process.env[name]);
  return { ...env, ...Object.fromEntries(lacking.map((name) => [name, 'none'])) };
}

/** The variables in which LangChain's model classes look for keys. */
const CLIENT_KEYS = [
  ...['ANTHROPIC', 'COHERE', 'DEEPSEEK', 'GOOGLE', 'GROQ', 'MISTRAL', 'TOGETHER_AI', 'XAI'],
  ...['OPENROUTER', 'CEREBRAS', 'FIREWORKS', 'OPENAI'],
].map((name) => `${name}_API_KEY`);
