/** Passkeys: what the browser's Web Authentication takes and gives, and where it works. */
export interface SignInOptions {
  mail: boolean;
  passkey_origin: string | null;
  passkey_hint: string | null;
  providers: { id: string; name: string }[];
  setup_hint: string | null;
}

interface Described {
  id: string;
  type: "public-key";
}
interface Options {
  challenge: string;
}
interface CreationOptions extends Options {
  rp: PublicKeyCredentialRpEntity;
  user: { id: string; name: string; displayName: string };
  pubKeyCredParams: PublicKeyCredentialParameters[];
  excludeCredentials?: Described[];
  authenticatorSelection: AuthenticatorSelectionCriteria;
  timeout: number;
}
interface RequestOptions extends Options {
  rpId: string;
  timeout: number;
  userVerification: UserVerificationRequirement;
}

const bytes = (text: string) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const text = (buffer: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** Why passkeys do not work on this page; empty where they do. */
export function whyNoPasskeys(options: SignInOptions): string {
  if (options.passkey_origin === null) return options.passkey_hint ?? "";
  if (options.passkey_origin !== location.origin) return `passkeys work at ${options.passkey_origin} only; open the page there`;
  return "PublicKeyCredential" in window ? "" : "this browser has no passkeys; use another or a newer one";
}

const FAULTS: Record<string, string> = {
  NotAllowedError: "The device did not give a passkey: that was cancelled, took too long, or there is none for this site.",
  InvalidStateError: "This device has a passkey of yours already.",
  NotSupportedError: "This device cannot make passkeys that ask for a finger, a face or a PIN.",
};

/** What the device gives; what keeps it from that is thrown as a sentence. */
async function given(asked: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    return (await asked) as PublicKeyCredential;
  } catch (thrown) {
    throw new Error((thrown instanceof DOMException && FAULTS[thrown.name]) || String(thrown));
  }
}

/** Has the device make a passkey. Gives what `POST /passkeys` takes. */
export async function makePasskey(options: CreationOptions) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map((one) => ({ type: one.type, id: bytes(one.id) })),
  };
  const made = await given(navigator.credentials.create({ publicKey }));
  const response = made.response as AuthenticatorAttestationResponse;
  return { collected_data: text(response.clientDataJSON), attestation: text(response.attestationObject) };
}

/** Has the device sign by a passkey that its user chooses. Gives what `POST /session/passkey` takes. */
export async function usePasskey(options: RequestOptions) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: [] };
  const used = await given(navigator.credentials.get({ publicKey }));
  const response = used.response as AuthenticatorAssertionResponse;
  return {
    credential_id: text(used.rawId),
    collected_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
  };
}
