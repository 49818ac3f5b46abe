// ollama, openai and @anthropic-ai/sdk from npm against a running Corral; every check looks at real content.
import assert from 'node:assert/strict'
import Anthropic from '@anthropic-ai/sdk'
import { Ollama } from 'ollama'
import OpenAI from 'openai'

const {
  CORRAL_URL: url,
  CORRAL_KEY: key,
  CORRAL_WRONG_KEY: wrong,
  CORRAL_MODEL: model,
  CORRAL_EMBEDDING_MODEL: embedder,
  CORRAL_LONG_PROMPT: long,
  CORRAL_METERED_URL: metered,
  CORRAL_METERED_KEY: meteredKey,
} = process.env
const messages = [{ role: 'user', content: 'Why is the sky blue?' }]
const endless = [{ role: 'user', content: long }]
let failed = 0
let aborts = 0
const limitedKeys = process.env.CORRAL_LIMITED_KEYS.split(',')
const used = [0, 0]

async function check(name, body) {
  try {
    const shown = await body()
    console.log(`ok   ${name}${shown ? `: ${String(shown).replaceAll('\n', ' ')}` : ''}`)
  } catch (problem) {
    failed++
    console.log(`FAIL ${name}: ${String(problem?.message ?? problem).replaceAll('\n', ' | ')}`)
  }
}

async function refusal(promise) {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('was not refused')
}

function isVector(numbers) {
  assert.ok(Array.isArray(numbers) && numbers.length > 1 && numbers.every(Number.isFinite), 'no vector of numbers')
}

const native = (secret) => new Ollama({ host: url, headers: { Authorization: `Bearer ${secret}` } })
const ollama = native(key)

await check('ollama-js list', async () => {
  const found = (await ollama.list()).models.find((m) => m.name === model)
  assert.match(found.digest, /^[0-9a-f]{12,}$/)
})
await check('ollama-js show', async () => {
  assert.ok((await ollama.show({ model })).details.family.length > 0)
})
await check('ollama-js ps', async () => assert.ok(Array.isArray((await ollama.ps()).models)))
await check('ollama-js chat', async () => {
  const answer = await ollama.chat({ model, messages })
  assert.equal(answer.done, true)
  assert.equal(answer.message.role, 'assistant')
  assert.ok(answer.message.content.length > 0 && answer.eval_count > 0)
})
await check('ollama-js chat, stream', async () => {
  let text = ''
  const parts = []
  for await (const part of await ollama.chat({ model, messages, stream: true })) {
    parts.push(part)
    text += part.message.content
  }
  assert.ok(parts.length > 2 && text.length > 0)
  assert.deepEqual(parts.map((p) => p.done).indexOf(true), parts.length - 1)
})
await check('ollama-js generate', async () => {
  const answer = await ollama.generate({ model, prompt: 'hi' })
  assert.ok(answer.done && answer.response.length > 0)
})
await check('ollama-js generate, stream', async () => {
  let parts = 0
  let last
  for await (const part of await ollama.generate({ model, prompt: 'hi', stream: true })) {
    parts++
    last = part
  }
  assert.ok(parts > 2 && last.done && last.eval_count > 0)
})
await check('ollama-js embed', async () => {
  const { embeddings } = await ollama.embed({ model: embedder, input: ['one', 'two'] })
  assert.equal(embeddings.length, 2)
  embeddings.forEach(isVector)
})
await check('ollama-js abort', async () => {
  const stream = await ollama.chat({ model, messages: endless, stream: true })
  aborts++
  let parts = 0
  const error = await refusal(
    (async () => {
      for await (const part of stream) {
        assert.equal(part.done, false)
        if (++parts === 3) stream.abort()
      }
    })(),
  )
  assert.equal(error.name, 'AbortError')
  assert.ok(parts >= 3)
})
await check('ollama-js wrong key', async () => {
  const error = await refusal(native(wrong).list())
  assert.equal(error.status_code, 401)
  return `shows "${error.message}"`
})
await check('ollama-js pull with a user key', async () => {
  const error = await refusal(ollama.pull({ model: 'llama3' }))
  assert.equal(error.status_code, 403)
  assert.match(error.message, /\/api\/pull/)
  return `shows "${error.message}"`
})
await check('ollama-js generate, with options that a role may not choose', async () => {
  const options = { num_ctx: 65536, num_predict: -1, seed: 1 }
  assert.ok((await ollama.generate({ model, prompt: 'hi', keep_alive: -1, options })).response.length > 0)
})
await check('ollama-js generate with a template', async () => {
  const error = await refusal(ollama.generate({ model, prompt: 'hi', template: '{{ .Prompt }}' }))
  assert.equal(error.status_code, 403)
  assert.match(error.message, /template/)
  return `shows "${error.message}"`
})

const ai = (apiKey) => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })
const openai = ai(key)
await check('openai-js models.list', async () => {
  const ids = []
  for await (const m of openai.models.list()) ids.push(m.id)
  assert.ok(ids.includes(model), `${ids}`)
})
await check('openai-js chat.completions', async () => {
  const answer = await openai.chat.completions.create({ model, messages })
  assert.ok(answer.choices[0].message.content.length > 0 && answer.usage.completion_tokens > 0)
})
await check('openai-js chat.completions, stream', async () => {
  let text = ''
  let chunks = 0
  let reason
  for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true })) {
    chunks++
    text += chunk.choices[0]?.delta?.content ?? ''
    reason = chunk.choices[0]?.finish_reason ?? reason
  }
  assert.ok(chunks > 2 && text.length > 0)
  assert.equal(reason, 'stop')
})
await check('openai-js chat.completions, max_completion_tokens', async () => {
  const answer = await openai.chat.completions.create({ model, messages, max_completion_tokens: 100 })
  assert.ok(answer.choices[0].message.content.length > 0)
})
await check('openai-js responses that search the web', async () => {
  const error = await refusal(openai.responses.create({ model, input: 'hi', tools: [{ type: 'web_search' }] }))
  assert.equal(error.code, 'forbidden_web_search')
  return `shows "${error.message}"`
})
await check('openai-js audio.transcriptions', async () => {
  const file = await OpenAI.toFile(Buffer.alloc(1 << 20), 'speech.wav')
  const heard = await openai.audio.transcriptions.create({ model, file, language: 'en' })
  assert.equal(heard.text, 'I hear 1048576 bytes.')
})
await check('openai-js embeddings', async () => {
  const answer = await openai.embeddings.create({ model: embedder, input: 'one', encoding_format: 'float' })
  isVector(answer.data[0].embedding)
})
await check('openai-js abort', async () => {
  const stream = await openai.chat.completions.create({ model, messages: endless, stream: true })
  aborts++
  let chunks = 0
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk')
    if (++chunks === 3) stream.controller.abort()
  }
  assert.ok(chunks >= 3)
})
await check('openai-js wrong key', async () => {
  const error = await refusal(ai(wrong).chat.completions.create({ model, messages }))
  assert.ok(error instanceof OpenAI.AuthenticationError, error.constructor.name)
  return `shows "${error.message}"`
})
await check('openai-js route that Ollama does not have', async () => {
  const error = await refusal(openai.files.list())
  assert.ok(error instanceof OpenAI.NotFoundError, error.constructor.name)
  return `shows "${error.message}"`
})

const claude = (options) => new Anthropic({ baseURL: url, apiKey: null, authToken: null, maxRetries: 0, ...options })
const anthropic = claude({ apiKey: key })
await check('anthropic-js messages, x-api-key', async () => {
  const answer = await anthropic.messages.create({ model, max_tokens: 64, messages })
  assert.equal(answer.type, 'message')
  assert.ok(answer.content[0].text.length > 0 && answer.usage.output_tokens > 0)
})
await check('anthropic-js messages, bearer', async () => {
  const answer = await claude({ authToken: key }).messages.create({ model, max_tokens: 64, messages })
  assert.ok(answer.content[0].text.length > 0)
})
await check('anthropic-js messages, stream', async () => {
  const stream = anthropic.messages.stream({ model, max_tokens: 64, messages })
  let pieces = 0
  stream.on('text', () => pieces++)
  const answer = await stream.finalMessage()
  assert.ok(pieces > 1 && answer.content[0].text.length > 0)
  assert.equal(answer.stop_reason, 'end_turn')
})
await check('anthropic-js messages, more tokens than anybody may have', async () => {
  const answer = await anthropic.messages.create({ model, max_tokens: 200_000, messages }, { timeout: 60_000 })
  assert.ok(answer.content[0].text.length > 0)
})
await check('anthropic-js abort', async () => {
  const stream = await anthropic.messages.create({ model, max_tokens: 4096, messages: endless, stream: true })
  aborts++
  let events = 0
  for await (const event of stream) {
    assert.ok(event.type.length > 0)
    if (++events === 4) stream.controller.abort()
  }
  assert.ok(events >= 4)
})
await check('anthropic-js wrong key', async () => {
  const error = await refusal(claude({ apiKey: wrong }).messages.create({ model, max_tokens: 64, messages }))
  assert.ok(error instanceof Anthropic.AuthenticationError, error.constructor.name)
  assert.equal(error.error.error.type, 'authentication_error')
  return `shows "${error.message}"`
})

// -- what the metered Corral refuses and counts: one request at once and one every two seconds, for each of the keys
async function rateLimited(kind, ask) {
  await ask()
  const error = await refusal(ask())
  assert.ok(error instanceof kind, error.constructor.name)
  const after = Number(error.headers.get('retry-after'))
  assert.ok(after >= 1 && after <= 2, `Retry-After: ${after}`)
  return error
}

async function retried(ask) {
  await ask()
  const began = performance.now()
  await ask()
  assert.ok(performance.now() - began > 1000, `came back after ${performance.now() - began} ms`)
}

const limitedAi = (number, maxRetries) => {
  const client = new OpenAI({ baseURL: `${metered}/v1`, apiKey: limitedKeys[number], maxRetries })
  return () => client.chat.completions.create({ model, messages, max_tokens: 2 })
}
const limitedClaude = (number, maxRetries) => {
  const client = claude({ baseURL: metered, apiKey: limitedKeys[number], maxRetries })
  return () => client.messages.create({ model, messages, max_tokens: 2 })
}
const count = (prompt, completion) => {
  assert.ok(prompt > 0 && completion >= 0, `${prompt} prompt, ${completion} completion tokens`)
  used[0] += prompt
  used[1] += completion
}
const collect = async (stream) => {
  const all = []
  for await (const one of stream) all.push(one)
  return all
}

await check('openai-js more requests than allowed', async () => {
  const error = await rateLimited(OpenAI.RateLimitError, limitedAi(0, 0))
  assert.equal(error.code, 'rate_limit_exceeded')
  assert.equal(error.headers.get('x-ratelimit-remaining-requests'), '0')
  return `shows "${error.message}"`
})
await check('openai-js more requests than allowed, with its own retries', () => retried(limitedAi(1, 3)))
await check('anthropic-js more requests than allowed', async () => {
  const error = await rateLimited(Anthropic.RateLimitError, limitedClaude(2, 0))
  assert.equal(error.error.error.type, 'rate_limit_error')
  return `shows "${error.message}"`
})
await check('anthropic-js more requests than allowed, with its own retries', () => retried(limitedClaude(3, 3)))
await check('ollama-js more requests than allowed', async () => {
  const client = new Ollama({ host: metered, headers: { Authorization: `Bearer ${limitedKeys[4]}` } })
  await client.generate({ model, prompt: 'hi' })
  const error = await refusal(client.generate({ model, prompt: 'hi' }))
  assert.equal(error.status_code, 429)
  return `shows "${error.message}"`
})

const meteredAi = new OpenAI({ baseURL: `${metered}/v1`, apiKey: meteredKey, maxRetries: 0 })
await check('openai-js stream, with and without usage: told to who asks, counted for both', async () => {
  const ask = (more) => meteredAi.chat.completions.create({ model, messages, stream: true, ...more }).then(collect)
  const asked = await ask({ stream_options: { include_usage: true } })
  const plain = await ask({})
  const told = asked.filter((c) => c.usage)
  assert.equal(told.length, 1)
  assert.ok(asked.at(-1).usage && asked.at(-1).choices.length === 0)
  assert.ok(plain.every((c) => !c.usage && c.choices.length > 0), 'usage that nobody asked for')
  assert.equal(plain.length, asked.length - 1)
  for (let i = 0; i < 2; i++) count(told[0].usage.prompt_tokens, told[0].usage.completion_tokens)
})
await check('openai-js completions, stream without usage', async () => {
  const { usage } = await meteredAi.completions.create({ model, prompt: 'a b c' })
  const chunks = await meteredAi.completions.create({ model, prompt: 'a b c', stream: true }).then(collect)
  assert.ok(chunks.every((c) => !c.usage && c.choices.length > 0), 'usage that nobody asked for')
  for (let i = 0; i < 2; i++) count(usage.prompt_tokens, usage.completion_tokens)
})
await check('openai-js responses and embeddings are counted', async () => {
  const last = (await meteredAi.responses.create({ model, input: 'a b c', stream: true }).then(collect)).at(-1)
  count(last.response.usage.input_tokens, last.response.usage.output_tokens)
  count((await meteredAi.embeddings.create({ model: embedder, input: 'one', encoding_format: 'float' })).usage.prompt_tokens, 0)
})
await check('anthropic-js and ollama-js are counted', async () => {
  const stream = claude({ baseURL: metered, apiKey: meteredKey }).messages.stream({ model, max_tokens: 64, messages })
  const { usage } = await stream.finalMessage()
  count(usage.input_tokens, usage.output_tokens)
  const client = new Ollama({ host: metered, headers: { Authorization: `Bearer ${meteredKey}` } })
  const last = (await client.chat({ model, messages, stream: true }).then(collect)).at(-1)
  count(last.prompt_eval_count, last.eval_count)
})

console.log(`tokens ${used[0]} ${used[1]}`)
console.log(`aborts ${aborts}`)
process.exitCode = failed ? 1 : 0
