/**
 * Hosts where anyone opens a site within minutes, anonymously. Associations use them too: this reason alone holds no
 * link.
 */
const FREE_HOSTS = new Set(
  `000webhostapp.com 16mb.com 4t.com 5gbfree.com altervista.org angelfire.com atwebpages.com awardspace.info azurewebsites.net base44.app beget.tech
  bigcartel.com blob.core.windows.net blogspot.com brizy.site builderallwppro.com byethost.com canva.site carrd.co codesandbox.io csb.app
  deno.dev doomdns.com edgeone.app firebaseapp.com fly.dev framer.app framer.website free.nf freewebhostmost.com github.io gitlab.io glitch.me godaddysites.com
  heliohost.org herokuapp.com hostingerapp.com hpage.com infinityfreeapp.com jimdofree.com jimdosite.com lovable.app myfreesites.net mystrikingly.com
  neocities.org netlify.app notion.site onrender.com pages.dev pantheonsite.io plesk.page pythonanywhere.com r2.dev railway.app replit.app repl.co
  rf.gd sharepoint.com simdif.com site123.me site44.com sites.google.com square.site square.site standardsite.io streamlit.app surge.sh tiiny.site
  tumblr.com typedream.app ucoz.ru unaux.com vercel.app w3spaces.com web.app webador.com webflow.io webnode.page websites.co.in webwave.dev weebly.com
  weeblysite.com wixsite.com wixstudio.com wordpress.com workers.dev wuaze.com yolasite.com zyrosite.com`.split(/\s+/),
)

/** Dynamic DNS names, and tunnels to machines without a name. */
const TUNNELS = new Set(
  `accesscam.org bounceme.net chickenkiller.com cloudns.cl cloudns.ph cprapid.com ddns.me ddns.net ddns.us ddnsfree.com ddnsgeek.com ddnsking.com
  dns.army dnsabr.com duckdns.org dyn-ip24.de dynalias.com dyndns.org dynu.net dynv6.net freeddns.org freedynamicdns.org giize.com gotdns.ch gleeze.com
  hopto.me hopto.org inlets.dev kozow.com localhost.run loca.lt localto.net lhr.life loseyourip.com mooo.com my03.com myddns.me myftp.biz myftp.org mypi.co
  myvnc.com ngrok.app ngrok.dev ngrok.io ngrok-free.app ngrok-free.dev noip.me no-ip.biz no-ip.info no-ip.org nsupdate.info ooguy.com pagekite.me
  publicvm.com redirectme.net rhcloud.com sendsms.cn serveblog.net serveftp.com servegame.com serveo.net serveusers.com sytes.net theworkpc.com
  trycloudflare.com twilightparadox.com us.to webhop.info webhop.me webredirect.org zapto.org zrok.io`.split(/\s+/),
)

/** Free or file-like top-level domains, most of whose names are reported sooner or later. */
const RISKY_ENDINGS = new Set(
  'autos beauty bond cam cc cf cfd click country cyou download fit ga gdn gq hair icu lat link loan makeup men ml mov motorcycles mom monster quest rest sbs skin stream support surf tk top trade vip win work xin xyz yachts zip'.split(
    ' ',
  ),
)

/** @returns the free host above a host, if any */
export function freeHostOf(host: string): string | undefined {
  return suffixIn(FREE_HOSTS, host)
}

/** @returns the tunnel or dynamic DNS name above a host, if any */
export function tunnelOf(host: string): string | undefined {
  return suffixIn(TUNNELS, host)
}

export function riskyEndingOf(host: string): string | undefined {
  const ending = host.slice(host.lastIndexOf('.') + 1)
  return RISKY_ENDINGS.has(ending) ? ending : undefined
}

function suffixIn(set: ReadonlySet<string>, host: string): string | undefined {
  for (let name = host; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) if (set.has(name)) return name
  return undefined
}
