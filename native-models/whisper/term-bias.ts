import type { TokenReader } from "./tokens.ts";

/*
 * Shallow fusion with a list of terms: a token that goes on with a term that has been begun is made a little likelier. The
 * terms lie in a trie over tokens, as in contextual biasing of transducers (https://arxiv.org/abs/1808.02480, section 3).
 * The gain is small, so that it decides between near equals and a word that is clear in the sound stays what it is. What
 * begins a term gains nothing: its first token begins many other words too, and where no term is begun nothing changes. To
 * begin one is what the prompt suggests, and what sounds alike is put right afterwards.
 */

/** Added to the logit of a token that goes on with a term. */
const toGoOn = 2;
/** Most that one term is given over all its tokens: a long one is not pulled through against the sound. */
const mostPerTerm = 8;

/** A place in the trie. */
interface Node {
  readonly next: Map<number, Node>;
  /** What a term has been given on the way here. */
  readonly given: number;
}

/** What makes terms likelier. */
export interface TermBias {
  /** What each token gains after what was said; tokens that gain nothing are absent. Good until the next call. */
  gains(said: readonly number[]): ReadonlyMap<number, number>;
}

/**
 * Bias towards terms.
 *
 * @param terms as they are to be written.
 */
export function termBias(terms: readonly string[], reader: Pick<TokenReader, "tokens">): TermBias {
  const root: Node = { next: new Map(), given: 0 };
  let deepest = 0;
  for (const term of terms) {
    // With the space before it that a word in a sentence has: it begins where a word begins.
    const tokens = reader.tokens(` ${term.trim()}`);
    let at = root;
    for (const [depth, token] of tokens.entries()) {
      const known = at.next.get(token);
      const gain = depth === 0 ? 0 : toGoOn;
      const node = known ?? { next: new Map<number, Node>(), given: Math.min(mostPerTerm, at.given + gain) };
      if (known === undefined) at.next.set(token, node);
      at = node;
    }
    deepest = Math.max(deepest, tokens.length);
  }
  const found = new Map<number, number>();
  return {
    gains(said) {
      found.clear();
      // Every way in which the last tokens may be the beginning of a term.
      for (let from = Math.max(0, said.length - deepest + 1); from < said.length; from++) {
        let at: Node | undefined = root;
        for (let i = from; i < said.length && at !== undefined; i++) at = at.next.get(said[i] as number);
        if (at === undefined) continue;
        for (const [token, node] of at.next) {
          const gain = node.given - at.given;
          if (gain > (found.get(token) ?? 0)) found.set(token, gain);
        }
      }
      return found;
    },
  };
}
