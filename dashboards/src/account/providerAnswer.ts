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

let linking: Promise<boolean> | null = null;

/** Links the account that a provider has sent somebody back with; whether there was one. Who only
    signed in again as themselves links none. The page may be drawn again
    meanwhile: it is posted once, and each who asks hears how it ends. */
export function linkBrought(): Promise<boolean> {
  const brought = takeProviderAnswer();
  if (brought) {
    linking = send<{ linked?: unknown }>("POST", "/session/oidc/proof", brought).then((done) => done.linked !== undefined);
    const over = () => (linking = null);
    linking.then(over, over);
  }
  return linking ?? Promise.resolve(false);
}
