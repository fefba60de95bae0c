// An OpenID provider on loopback: node openid_provider.mjs PORT REDIRECT SECRET. Whoever types a name at it is that
// person; those called manager-… and porter-… are in a group.
import Provider from "oidc-provider";

const [port, redirect, secret] = process.argv.slice(2);
const groupsOf = (name) => ["manager", "porter"].filter((each) => name.startsWith(each)).map((each) => `hub-${each}s`);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { client_id: "hallkeeper", client_secret: secret, redirect_uris: [redirect], token_endpoint_auth_method: "client_secret_basic" },
  ],
  claims: { openid: ["sub"], profile: ["name", "groups"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, name) => ({
    accountId: name,
    claims: () => ({ sub: name, name: `${name} at the council`, groups: groupsOf(name) }),
  }),
});
provider.listen(Number(port), "127.0.0.1");
