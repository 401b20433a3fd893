// A message centre for the tests. The protocol is the smpp package's; this file only decides how it behaves today.
// Orders come as JSON lines on stdin; each is answered by one JSON line on stdout.
'use strict';
const readline = require('readline');
const smpp = require('smpp');

const normal = {
  password: 'secret', throttle: 0, silent: 0, late: 0, lateMs: 0, refuse: 0, refuseStatus: 0, refusePart: 0, dieAfter: 0,
  receipts: true, receiptFields: true, receiptText: true, state: 2, word: 'DELIVRD', failPart: 0, idForm: 'SAME',
  receiptFirst: false, deaf: false, bindStatus: 0, twice: false, receiptTwice: false, keep: false, hold: false, hangUp: 0,
  latePart: 0, silentPart: 0, mute: false,
};
const plan = { ...normal };
const nothing = { binds: 0, refusedBinds: 0, submits: 0, taken: 0, throttled: 0, enquiries: 0, unbinds: 0, acks: 0, peak: 0 };
const seen = { ...nothing };
const messages = new Map(); // id -> {to, state}
const pieces = new Map(); // to|reference|count -> Map(number -> text)
const shorts = []; // every short message that was taken, as it came
const arrivals = new Map(); // to|text -> how often the whole text was there
const unsaid = []; // answers of `mute`, until it speaks again
const sessions = new Set();
const owed = new Map(); // id -> the report on it, of `keep`: told again at each bind until it is acknowledged
let lastId = 0x1a00;
let open = 0;

// A command that does not exist, and a deliver_sm whose body ends in the middle.
const GARBAGE = '00000010000000990000000000000007' + '00000018000000050000000000000008ffffffffffffffff';

const inAnswer = (id) => (plan.idForm === 'HEX_THEN_DECIMAL' ? id.toString(16).toUpperCase().padStart(8, '0') : String(id));
const inReceipt = (id) => (plan.idForm === 'DECIMAL_THEN_HEX' ? id.toString(16) : String(id));
const placeOf = (udh) => (udh && udh.length ? [...udh[0]].slice(-3) : [0, 1, 1]);

function take(pdu) {
  const id = ++lastId;
  const body = pdu.short_message;
  const [reference, count, number] = placeOf(body.udh);
  seen.taken += 1;
  shorts.push({ to: pdu.destination_addr, from: pdu.source_addr, ton: pdu.source_addr_ton, coding: pdu.data_coding,
    count, number, text: body.message, validity: pdu.validity_period, id, at: Date.now() });
  messages.set(inAnswer(id), { to: pdu.destination_addr, state: plan.state });
  const key = `${pdu.destination_addr}|${reference}|${count}`;
  if (!pieces.has(key)) pieces.set(key, new Map());
  pieces.get(key).set(number, body.message);
  if (pieces.get(key).size === count) {
    const text = [...pieces.get(key)].sort((a, b) => a[0] - b[0]).map((piece) => piece[1]).join('');
    pieces.delete(key);
    const whole = `${pdu.destination_addr}|${text}`;
    arrivals.set(whole, (arrivals.get(whole) || 0) + 1);
  }
  return { id, number };
}

function report(session, pdu, { id, number }) {
  const failed = plan.failPart === number;
  const state = failed ? 5 : plan.state;
  const word = failed ? 'UNDELIV' : plan.word;
  const fields = plan.receiptFields ? { receipted_message_id: inReceipt(id), message_state: state } : {};
  const line = `id:${inReceipt(id)} sub:001 dlvrd:001 submit date:2611231000 done date:261123100130 stat:${word} err:000 text:id:9`;
  const fact = {
    source_addr: pdu.destination_addr, source_addr_ton: 1, destination_addr: pdu.source_addr, esm_class: 4,
    data_coding: 1, short_message: plan.receiptText ? line : '', ...fields,
  };
  if (plan.keep) owed.set(id, fact);
  if (plan.hold) return;
  tell(session, id, fact);
  if (plan.receiptTwice) tell(session, id, fact);
}

function tell(session, id, fact) {
  if (!sessions.has(session)) return;
  session.deliver_sm({ ...fact }, () => {
    seen.acks += 1;
    owed.delete(id);
  });
}

function tellOwed(session) {
  if (!plan.hold) owed.forEach((fact, id) => tell(session, id, fact));
}

function later(reply, number) {
  if (plan.mute) return unsaid.push(reply);
  if (plan.late > 0 && (!plan.latePart || plan.latePart === number)) {
    plan.late -= 1;
    return setTimeout(reply, plan.lateMs);
  }
  return setImmediate(reply);
}

function answer(session, pdu) {
  const [, , number] = placeOf(pdu.short_message.udh);
  seen.submits += 1;
  if (plan.throttle > 0) {
    plan.throttle -= 1;
    seen.throttled += 1;
    return session.send(pdu.response({ command_status: 0x58 }));
  }
  if (plan.refuse > 0 && (!plan.refusePart || plan.refusePart === number)) {
    plan.refuse -= 1;
    return later(() => session.send(pdu.response({ command_status: plan.refuseStatus })), number);
  }
  const taken = take(pdu);
  if (plan.dieAfter > 0) {
    plan.dieAfter -= 1;
    if (plan.dieAfter === 0) {
      if (plan.keep && plan.receipts) report(session, pdu, taken);
      return session.destroy();
    }
  }
  if (plan.silent > 0 && (!plan.silentPart || plan.silentPart === number)) {
    plan.silent -= 1;
    if (plan.keep && plan.receipts) report(session, pdu, taken);
    return undefined;
  }
  const reply = () => {
    if (!sessions.has(session) && !plan.keep) return;
    open -= 1;
    if (plan.receipts && plan.receiptFirst) report(session, pdu, taken);
    if (sessions.has(session)) session.send(pdu.response({ message_id: inAnswer(taken.id) }));
    if (plan.twice && sessions.has(session)) session.send(pdu.response({ message_id: inAnswer(taken.id) }));
    if (plan.receipts && !plan.receiptFirst) report(session, pdu, taken);
  };
  open += 1;
  seen.peak = Math.max(seen.peak, open);
  return later(reply, number);
}

const server = smpp.createServer((session) => {
  if (plan.hangUp > 0) {
    plan.hangUp -= 1;
    session.on('error', () => {});
    session.destroy();
    return;
  }
  sessions.add(session);
  session.on('close', () => sessions.delete(session));
  session.on('error', () => sessions.delete(session));
  session.on('bind_transceiver', (pdu) => {
    const wrong = pdu.password !== plan.password ? 0x0e : plan.bindStatus;
    seen[wrong ? 'refusedBinds' : 'binds'] += 1;
    session.send(pdu.response(wrong ? { command_status: wrong } : { system_id: 'peer' }));
    if (!wrong) tellOwed(session);
  });
  session.on('submit_sm', (pdu) => answer(session, pdu));
  session.on('enquire_link', (pdu) => {
    seen.enquiries += 1;
    if (!plan.deaf) session.send(pdu.response());
  });
  session.on('query_sm', (pdu) => {
    const known = messages.get(pdu.message_id);
    const found = { message_id: pdu.message_id, final_date: '', message_state: known && known.state, error_code: 0 };
    session.send(pdu.response(known ? found : { command_status: 0x67 }));
  });
  session.on('unbind', (pdu) => {
    seen.unbinds += 1;
    session.send(pdu.response());
    session.close();
  });
});

const orders = {
  reset: () => {
    sessions.forEach((session) => session.destroy());
    [messages, pieces, arrivals, owed].forEach((memory) => memory.clear());
    shorts.length = unsaid.length = 0;
    open = 0;
    Object.assign(plan, normal);
    Object.assign(seen, nothing);
    return {};
  },
  plan: (order) => Object.assign(plan, order.changes),
  seen: () => seen,
  shorts: () => shorts,
  speak: () => { plan.mute = false; unsaid.splice(0).forEach((reply) => reply()); return {}; },
  owed: () => ({ count: owed.size }),
  release: () => { plan.hold = false; sessions.forEach(tellOwed); return {}; },
  arrivals: () => Object.fromEntries(arrivals),
  kick: () => { sessions.forEach((session) => session.destroy()); return {}; },
  enquire: () => { sessions.forEach((session) => session.enquire_link()); return {}; },
  unbind: () => { sessions.forEach((session) => session.unbind(() => session.close())); return {}; },
  report: (order) => {
    const pdu = { destination_addr: '8613800000001', source_addr: '10690000' };
    sessions.forEach((session) => report(session, pdu, { id: order.id, number: 1 }));
    return {};
  },
  garbage: () => { sessions.forEach((session) => session.socket.write(Buffer.from(GARBAGE, 'hex'))); return {}; },
  write: (order) => {
    sessions.forEach((session) => session.deliver_sm({
      source_addr: order.from, source_addr_ton: order.ton || 0, destination_addr: order.to,
      esm_class: order.udh ? 0x40 : 0, data_coding: order.coding,
      short_message: order.udh ? { udh: Buffer.from(order.udh, 'hex'), message: order.text } : { message: order.text },
    }, () => { seen.acks += 1; }));
    return {};
  },
};
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  process.stdout.write(JSON.stringify(orders[order.do](order)) + '\n');
}).on('close', () => process.exit(0));
server.listen(Number(process.argv[2] || 0), '127.0.0.1', () => {
  process.stdout.write(JSON.stringify({ port: server.address().port }) + '\n');
});
