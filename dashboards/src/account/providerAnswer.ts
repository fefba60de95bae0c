import { send } from "../api.ts";

/** What an OpenID provider added to the address of this page; the last part of its path is the provider's id. */
export interface ProviderAnswer {
  provider: string;
  state: string;
  code: string;
  error: string;
  iss: string;
}

/** Takes it out of the address, so that it is in no history and cannot be posted twice; null where there is none. */
export function takeProviderAnswer(): ProviderAnswer | null {
  const search = new URLSearchParams(location.search);
  const read = (name: string) => search.get(name) ?? "";
  const [, page, provider = ""] = location.pathname.split("/");
  const answer = { provider, state: read("state"), code: read("code"), error: read("error"), iss: read("iss") };
  if (page !== "account" || !provider || !answer.state || !(answer.code || answer.error)) return null;
  history.replaceState(null, "", "/account");
  return answer;
}

/** What came of it: an account is linked, or it showed that it is its user. */
export interface BroughtBack {
  linked?: unknown;
  proven_until?: string;
}

let finishing: Promise<BroughtBack> | null = null;

/** Takes up what a provider has sent somebody back with who is signed in; nothing where they only signed in again as
    themselves. The page may be drawn again meanwhile, and once its building is known: it is posted once, and each who
    asks hears how it ends; of a refusal until somebody acts. */
export function finishBrought(): Promise<BroughtBack> {
  const brought = takeProviderAnswer();
  if (brought) {
    finishing = send<BroughtBack>("POST", "/session/oidc/proof", brought);
    const over = () => (finishing = null);
    finishing.then(over, () => ["pointerdown", "keydown"].forEach((act) => addEventListener(act, over, { once: true })));
  }
  return finishing ?? Promise.resolve({});
}
