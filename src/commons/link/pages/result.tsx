import { ChartNoAxesColumn, Mail } from 'lucide-static'
import type { JSX } from 'preact'
import { CopyButton } from '../../../platform/pages/copy-button.tsx'
import { Icon } from '../../../platform/pages/icon.tsx'
import type { PartWords } from './part-words.ts'

/** A short link, big, to be taken away: copied, mailed, scanned. Rendered on the server and in the browser. */
export function Result({ short, url, words, children }: { short: string; url: string; words: PartWords; children?: JSX.Element }): JSX.Element {
  return (
    <section class="result" aria-label={words.short}>
      <output id="short">{short.replace(/^https?:\/\//, '')}</output>
      <p class="actions">
        <CopyButton text={short} select="short" words={{ act: words.copy, done: words.copied, failed: words.copyFailed }} />
        <a class="button quiet" href={`mailto:?body=${encodeURIComponent(short)}`}>
          <Icon svg={Mail} />
          {words.mail}
        </a>
        {children ?? (
          <a class="button quiet" href={`${short}+`}>
            <Icon svg={ChartNoAxesColumn} />
            {words.page}
          </a>
        )}
      </p>
      <Target url={url} leads={words.leads} />
      <div class="code">
        <img src={`${short}.svg`} alt={words.code} width="144" height="144" />
        <p>
          {words.codeText}
          <br />
          <a href={`${short}.svg`} download="qr.svg">
            SVG
          </a>{' '}
          ·{' '}
          <a href={`${short}.png`} download="qr.png">
            PNG
          </a>
        </p>
      </div>
    </section>
  )
}

/** Where a link leads, in full, with the host in bold: that is what a reader must be able to judge. */
function Target({ url, leads }: { url: string; leads: string }): JSX.Element {
  const { protocol, host } = new URL(url)
  const [before, after] = [`${protocol}//`, url.slice(url.indexOf(host) + host.length)]
  return (
    <p class="target">
      {leads} {before}
      <strong>{host}</strong>
      {after}
    </p>
  )
}
