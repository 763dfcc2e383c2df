import { ChartNoAxesColumn, Mail, Settings2 } from 'lucide-static'
import type { ComponentChildren, JSX } from 'preact'
import { CopyButton } from '../../../platform/pages/copy-button.tsx'
import { Icon } from '../../../platform/pages/icon.tsx'
import { ShareButton } from '../../../platform/pages/share-button.tsx'
import type { ResultWords } from './part-words.ts'
import { TargetAddress } from './target.tsx'

/** A short link for its creator; rendered on the server and in the browser. */
export interface MadeLink {
  short: string
  /** Its target; empty when it is hidden. */
  url: string
  /** The registered domain in `url`, which is shown in bold; else the whole host is. */
  domain?: string
  /** Its management address, when it may be shown. */
  manage?: string
  isHeld?: boolean
  /** Held with no end. */
  isHeldBack?: boolean
  isYoung?: boolean
}

interface Props {
  link: MadeLink
  words: ResultWords
  children?: ComponentChildren
}

/** A short link, to copy, send, share or scan. */
export function Result({
  link: { short, url, domain, manage, isHeld, isHeldBack, isYoung },
  words,
  children,
}: Props): JSX.Element {
  return (
    <section class="result" aria-label={words.short}>
      <output id="short">{short.replace(/^https?:\/\//, '')}</output>
      <p class="actions">
        <CopyButton
          text={short}
          select="short"
          words={{ act: words.copy, done: words.copied, failed: words.copyFailed }}
        />
        <ShareButton url={short} words={{ act: words.share }} />
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
      {isHeld && <p class="state-wait">{isHeldBack ? words.heldBack : words.held}</p>}
      {isYoung && !isHeld && <p class="soft">{words.young}</p>}
      <p>
        {url ? (
          <>
            {words.leads} <TargetAddress url={url} {...(domain !== undefined && { bold: domain })} />
          </>
        ) : (
          words.locked
        )}
      </p>
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
      {manage && <Keep manage={manage} words={words} />}
    </section>
  )
}

/** The management address of a link: shown once, to be kept. */
function Keep({ manage, words }: { manage: string; words: ResultWords }): JSX.Element {
  return (
    <div class="keep">
      <p>
        <strong>{words.keep}</strong> <span class="soft">{words.keepText}</span>
      </p>
      <p class="actions">
        <CopyButton
          text={manage}
          select="manage"
          isQuiet
          words={{ act: words.copy, done: words.copied, failed: words.copyFailed }}
        />
        <a class="button quiet" href={manage}>
          <Icon svg={Settings2} />
          {words.manage}
        </a>
      </p>
      <p>
        <code id="manage">{manage.replace(/^https?:\/\//, '')}</code>
      </p>
    </div>
  )
}
