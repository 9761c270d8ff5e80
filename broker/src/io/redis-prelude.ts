// What the scripts in `redis-scripts.ts` have in common: the clock, the log, what is retained, sessions, nodes.

/** All keys begin so. */
export const prefix = 'pilotwire:';
/** How long a node may be silent before the others take it for dead, ms. */
export const silentMs = 6000;
/** Where no node at all was heard for so long, it was Redis that was away, ms. */
const awayMs = 3000;
/** How long it is remembered of a node what it did last, ms: one that was cut off for longer begins anew. */
export const rememberedMs = 7 * 86_400_000;
/** Sessions of one account whose clients are absent; each takes up room in Redis for weeks. */
export const mostAbsent = 1000;

/**
 * Begins every script: the clock, and `append`, which puts a message at the end of the log. Its place is
 * `<milliseconds>-<number>`; the number counts up by one and never begins again, so that who reads sees what is missing.
 */
export const prelude = `
local p = ARGV[1]
local me = ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local live = p .. 'live'
local ms, n = string.match(redis.call('GET', p .. 'head') or '0-0', '^(%d+)-(%d+)$')
ms, n = tonumber(ms), tonumber(n)

local function head() return string.format('%.0f-%.0f', ms, n) end

local function shorten(key, most, bytes, blob)
	local length = redis.call('XLEN', key)
	if length > most * 1.05 then return redis.call('XTRIM', key, 'MAXLEN', most) > 0 end
	if length < 2 or (length % 256 > 0 and #blob < 65536) then return false end
	if redis.call('MEMORY', 'USAGE', key) <= bytes then return false end
	return redis.call('XTRIM', key, 'MAXLEN', math.ceil(length / 2)) > 0
end

local function place(blob, unkept)
	if now > ms then ms = now end
	n = n + 1
	redis.call('SET', p .. 'head', head())
	if unkept then redis.call('XADD', live, head(), 'm', blob, 'u', '1')
	else redis.call('XADD', live, head(), 'm', blob) end
	shorten(live, 100000, 268435456, blob)
end

-- What is retained, and how many topics and bytes that is of each home ('t:HOME', 'b:HOME') and of all ('t:', 'b:').
local retained, sums = p .. 'retained', p .. 'retained-sums'
local function weightOf(blob) return tonumber(string.match(blob, '^{"w":(%d+)')) or #blob end
local function sumsOf(home)
	local had = redis.call('HMGET', sums, 't:' .. home, 'b:' .. home, 't:', 'b:')
	for at = 1, 4 do had[at] = tonumber(had[at]) or 0 end
	return had
end
local function count(home, had, topics, bytes)
	local ofHome, ofAll = had[1] + topics, had[3] + topics
	redis.call('HSET', sums, 't:' .. home, ofHome, 'b:' .. home, had[2] + bytes, 't:', ofAll, 'b:', had[4] + bytes)
	if ofAll <= 0 then redis.call('DEL', sums)
	elseif ofHome <= 0 then redis.call('HDEL', sums, 't:' .. home, 'b:' .. home) end
end
local function clear(topic, home, old)
	if not old then return end
	redis.call('HDEL', retained, topic)
	count(home, sumsOf(home), -1, -weightOf(old))
end
-- Whether it is retained; where there is no room nothing is: what stood before is not true any more.
local function retain(topic, home, blob, bounds)
	local old = redis.call('HGET', retained, topic)
	local more = weightOf(blob) - (old and weightOf(old) or 0)
	if not old or more ~= 0 then
		local had = sumsOf(home)
		for at = 1, 3, 2 do
			local crowded = not old and had[at] >= tonumber(bounds[3 + at])
			if crowded or (more > 0 and had[at + 1] + more > tonumber(bounds[4 + at])) then
				clear(topic, home, old)
				return false
			end
		end
		count(home, had, old and 0 or 1, more)
	end
	redis.call('HSET', retained, topic, blob)
	return true
end

-- bounds: of a home's log messages, bytes and ms; retained topics and bytes of a home, and of all.
local function say(blob, topic, home, kept, how, bounds)
	local unkept = false
	if how == 'clear' then clear(topic, home, redis.call('HGET', retained, topic))
	elseif how == 'set' then unkept = not retain(topic, home, blob, bounds) end
	place(blob, unkept)
	if kept == '' then return end
	local key = p .. 'log:' .. home
	redis.call('XADD', key, head(), 'm', blob)
	if shorten(key, tonumber(bounds[1]), tonumber(bounds[2]), blob) then
		local first = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
		redis.call('SET', p .. 'cut:' .. home, first[1], 'PX', bounds[3])
	end
	redis.call('PEXPIRE', key, bounds[3])
	redis.call('ZADD', p .. 'shards', now, home)
end

local function sessionKey(client) return p .. 'session:' .. client end
local function tell(what) place(cjson.encode(what) .. '\\n') end
local function groupsOf(node) return p .. 'groups:' .. node end
local function clientsOf(node) return p .. 'clients:' .. node end
local function later(token, blob, dueMs)
	redis.call('HSET', p .. 'wills', token, blob)
	redis.call('ZADD', p .. 'due', dueMs, token)
end
local function unsaid(token)
	redis.call('HDEL', p .. 'wills', token)
	return redis.call('ZREM', p .. 'due', token)
end
local function alive(node)
	local beat = redis.call('ZSCORE', p .. 'nodes', node)
	return beat and now - tonumber(beat) < ${silentMs}
end
-- Where nobody was heard, Redis was away: it is nobody's fault, and all of them have their time to come back.
local function forgive()
	local nodes = redis.call('ZRANGE', p .. 'nodes', 0, -1, 'WITHSCORES')
	if #nodes == 0 or now - tonumber(nodes[#nodes]) <= ${awayMs} then return end
	for at = 1, #nodes, 2 do redis.call('ZADD', p .. 'nodes', now, nodes[at]) end
end
-- Absent clients of an account, by when their sessions end.
local function absentOf(owner) return p .. 'absent:' .. owner end
-- Its client is absent from now on. Where its account has too many such, the one that would end first ends.
local function keep(client, keptMs)
	local key = sessionKey(client)
	local absent = absentOf(redis.call('HGET', key, 'owner') or '')
	redis.call('HSET', key, 'node', '')
	redis.call('PEXPIRE', key, keptMs)
	redis.call('ZREMRANGEBYSCORE', absent, '-inf', now)
	redis.call('ZADD', absent, now + tonumber(keptMs), client)
	if tonumber(keptMs) > redis.call('PTTL', absent) then redis.call('PEXPIRE', absent, keptMs) end
	while redis.call('ZCARD', absent) > ${mostAbsent} do
		redis.call('DEL', sessionKey(redis.call('ZPOPMIN', absent)[1]))
	end
end
-- Nobody sees to a client any more that a node had: its session is absent, or over, and its will waits for who says it.
local function part(client, node)
	local key = sessionKey(client)
	local holder, kept, will, willMs, expiryMs = unpack(redis.call('HMGET', key, 'node', 'kept', 'will', 'willMs', 'keptMs'))
	if holder ~= node then return end
	local epoch = tostring(redis.call('INCR', p .. 'epochs'))
	if kept == '1' and (tonumber(expiryMs) or 0) > 0 then
		redis.call('HSET', key, 'epoch', epoch)
		redis.call('HDEL', key, 'will', 'willMs')
		keep(client, expiryMs)
		if will then later(client, will, now + tonumber(willMs)) end
	else
		redis.call('DEL', key)
		if will then later(client .. '\\0' .. epoch, will, now) end
	end
end
-- A script whose first write takes no room is let through by a Redis that is full: what keeps nodes alive must be.
local function evenIfFull() redis.call('DEL', p .. 'nothing') end
`;
