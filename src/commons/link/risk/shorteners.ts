/**
 * Well-known shorteners to any site: a link to one hides its target, and a chain of them hides harm. Shorteners for a
 * single service (`youtu.be`, `forms.gle`, `maps.app.goo.gl`) are not among them.
 */
const SHORTENERS = new Set(
  `0rz.tw 1url.com 2.gp 2u.pw 3.ly adf.ly adfoc.us adcrun.ch aka.ms amzn.to apple.co b.link b23.ru bc.vc bit.do bit.ly bitly.cx bitly.ws bl.ink
  budurl.com buff.ly chilp.it clck.ru cli.gs cliqs.me cort.as cutt.ly cutt.us dlvr.it dub.co dub.sh encurtador.com.br ecu.li ffm.to frama.link
  goo.gl goo.su gg.gg huit.re hyperurl.co ift.tt iii.im is.gd j.mp kutt.it kutt.to kurzelinks.de l8.nu lc.cx linkd.in linksplit.io linkvertise.com
  lnk.to lnkd.in lnk.bio lstu.fr mcaf.ee merky.de minilien.fr minu.me my.link murl.com n9.cl non.li oke.io ouo.io ouo.press ow.ly petitlien.fr
  pli.so po.st prf.hn pxl.to qps.ru qrco.de qr.ae qr.net rb.gy rebrand.ly reurl.cc rlu.ru rotf.lol s.42l.fr s.coop s.id sh.st short.cm short.gy short.io
  shorte.st shorter.me shorturl.at shorturl.asia shrtco.de smarturl.it snip.ly snipr.com soo.gd spoo.me su.pr surl.li t.co t.ly t2m.io ti.me
  tiny.cc tiny.one tiny.pl tinu.be tinylink.net tinyurl.com tny.im tny.sh tr.im tr.ee trib.al u.nu u.to ulvis.net urlz.fr url.ie urls.fr urlr.me v.gd
  v.ht vk.cc vurl.com vzturl.com wow.link x.co x.gd xurl.fr xy2.eu y2u.be yourls.org zpr.io zws.im zzb.bz`.split(/\s+/),
)

/** Subdomains of a shortener that each serve a single service. */
const NARROW = new Set(['maps.app.goo.gl', 'photos.app.goo.gl'])

/** @returns the shortener of a host, if it is one */
export function shortenerOf(host: string, domain: string): string | undefined {
  if (NARROW.has(host)) return undefined
  return [host, domain].find((one) => SHORTENERS.has(one))
}

/** Open redirectors of well-known sites, with the query parameter of their target. */
const REDIRECTORS: { host: RegExp; path: RegExp; parameters: string[] }[] = [
  { host: /^(www\.)?google\.[a-z.]+$/, path: /^\/url$/, parameters: ['q', 'url'] },
  { host: /^(l|lm)\.(facebook|instagram|messenger)\.com$/, path: /^\/(l\.php)?$/, parameters: ['u'] },
  { host: /^(www\.)?youtube\.com$/, path: /^\/redirect$/, parameters: ['q'] },
  { host: /^(www\.)?linkedin\.com$/, path: /^\/(safety\/go|redir\/redirect)\/?$/, parameters: ['url'] },
  { host: /^out\.reddit\.com$/, path: /./, parameters: ['url'] },
  { host: /^(www\.)?(vk\.com|vkontakte\.ru)$/, path: /^\/away\.php$/, parameters: ['to'] },
  { host: /^steamcommunity\.com$/, path: /^\/linkfilter\/?$/, parameters: ['u', 'url'] },
  { host: /^(www\.)?duckduckgo\.com$/, path: /^\/l\/?$/, parameters: ['uddg'] },
  { host: /^slack-redir\.net$/, path: /^\/link$/, parameters: ['url'] },
  { host: /\.safelinks\.protection\.outlook\.com$/, path: /./, parameters: ['url'] },
]

/** Returns the target of an address on an open redirector. */
export function leadsOnTo({ hostname, pathname, searchParams }: URL): string | undefined {
  const redirector = REDIRECTORS.find(({ host, path }) => host.test(hostname) && path.test(pathname))
  const given = redirector?.parameters.map((name) => searchParams.get(name)).find((value) => value !== null)
  return given && /^https?:/i.test(given) ? given : undefined
}
