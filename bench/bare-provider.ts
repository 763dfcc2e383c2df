/**
 * The OpenID Connect provider alone, as its library is with nothing of ours around it: everything in memory, every user
 * is `anne`, no consent is asked. Sends its port to its parent process.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Provider } from 'oidc-provider'

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
      {
        client_id: 'bench',
        client_secret: 'bench-'.padEnd(48, 'x'),
        redirect_uris: ['https://app.example/back'],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: 'Anne', email: 'anne@example.org' }) }),
    claims: { profile: ['name'], email: ['email'] },
    pkce: { required: () => true },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    features: { devInteractions: { enabled: false } },
  })
  const listener = provider.callback()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith('/interaction/')) return listener(request, response)
    const { prompt, params } = await provider.interactionDetails(request, response)
    const grant = new provider.Grant({ accountId: 'anne', clientId: String(params['client_id']) })
    grant.addOIDCScope('openid profile email')
    const result =
      prompt.name === 'login' ? { login: { accountId: 'anne' } } : { consent: { grantId: await grant.save() } }
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
  }
  server.on('request', (request, response) => void answer(request, response))
  process.send?.({ port })
})
process.once('disconnect', () => process.exit())
