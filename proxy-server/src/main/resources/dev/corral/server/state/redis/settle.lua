-- KEYS: four per account. ARGV: from and to of the day and of the month, the lease, tokens, GPU nanoseconds; then per
-- account requests per minute and tokens per minute, -1 for no limit.
-- Returns 2 and the time where day or month are others; else 1, the time, and how many accounts knew the lease: one that
-- was settled before is not known any more, one that had ended because nobody renewed it is.
if not present() then
  return {2, now}
end
local lease, tokens, gpu = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local known = 0
for i = 1, #KEYS / 4 do
  local k, a = 4 * i - 3, 2 * i + 6
  if redis.call('ZREM', KEYS[k + 1], lease) == 1 or redis.call('ZREM', KEYS[k + 3], lease) == 1 then
    known = known + 1
    local sums = load(KEYS[k])
    local perMinute = tonumber(ARGV[a + 1])
    drain(sums, tonumber(ARGV[a]), perMinute)
    window(sums, tonumber(ARGV[1]), tonumber(ARGV[3]))
    giveBack(KEYS[k + 2], sums, lease)
    if perMinute >= 0 then
      fill(sums, tokens)
    end
    sums.dayUsed = math.min(MOST, sums.dayUsed + tokens)
    sums.monthUsed = math.min(MOST, sums.monthUsed + tokens)
    sums.gpuUsed = math.min(MOST, sums.gpuUsed + gpu)
    store(KEYS[k], sums)
  end
end
return {1, now, known}
