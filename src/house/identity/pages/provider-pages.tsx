import type { ProviderPages } from '../openid/openid.ts'
import {
  ConfirmDevice,
  DeviceDone,
  GoOn,
  ProviderFailed,
  SignedOut,
  SignOutForApplication,
  UserCode,
} from './openid.tsx'

/** The pages that the OpenID Connect provider shows. */
export const providerPages: ProviderPages = {
  failed: (title, detail) => <ProviderFailed title={title} detail={detail} />,
  signOut: (form) => <SignOutForApplication form={form} />,
  signedOut: () => <SignedOut opened={[]} />,
  userCode: (form, isWrong) => <UserCode form={form} isWrong={isWrong} />,
  confirmDevice: (form, client, userCode) => <ConfirmDevice form={form} client={client} userCode={userCode} />,
  deviceDone: () => <DeviceDone />,
  goOn: (form) => <GoOn form={form} />,
}
