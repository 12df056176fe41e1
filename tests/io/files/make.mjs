// SPDX-License-Identifier: MIT
// Makes the files of this folder and what an independent parser reads in them; see README.md.
import { gguf, serializeGgufMetadata, GGMLQuantizationType as T, GGUFValueType as V } from "@huggingface/gguf";
import { parseSafetensorsMetadata } from "@huggingface/hub";
import { writeFileSync, readFileSync, mkdirSync } from "node:fs";

const blocks = { F32: [1, 4], F16: [1, 2], Q4_0: [32, 18], Q4_1: [32, 20], Q5_0: [32, 22], Q5_1: [32, 24], Q8_0: [32, 34],
  Q2_K: [256, 84], Q3_K: [256, 110], Q4_K: [256, 144], Q5_K: [256, 176], Q6_K: [256, 210], IQ2_XXS: [256, 66],
  IQ2_XS: [256, 74], IQ3_XXS: [256, 98], IQ1_S: [256, 50], IQ4_NL: [32, 18], IQ3_S: [256, 110], IQ2_S: [256, 82],
  IQ4_XS: [256, 136], I8: [1, 1], I16: [1, 2], I32: [1, 4], I64: [1, 8], F64: [1, 8], IQ1_M: [256, 56], BF16: [1, 2],
  TQ1_0: [256, 54], TQ2_0: [256, 66] };
const pad = (n, to) => (to - (n % to)) % to;
const json = (v) => JSON.stringify(v, (_, x) => (typeof x === "bigint" ? Number(x) : x), 1) + "\n";
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b; };
const u64 = (n) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(n)); return b; };

async function makeGguf(name, version, entries, tensors, alignment = 32) {
  const typed = { version: { value: version, type: V.UINT32 }, tensor_count: { value: BigInt(tensors.length), type: V.UINT64 },
    kv_count: { value: BigInt(entries.length), type: V.UINT64 } };
  for (const [key, value, type, subType] of entries) typed[key] = { value, type, subType };
  // The package pads the metadata by itself, as if no tensor table followed: the padding goes.
  let header = Buffer.from(serializeGgufMetadata(typed, { alignment: 1 }));
  let offset = 0;
  const table = [];
  for (const [tensor, shape, type] of tensors) {
    const [per, size] = blocks[type];
    table.push(u64(tensor.length), Buffer.from(tensor), u32(shape.length), ...shape.map(u64), u32(T[type]), u64(offset));
    const bytes = (shape.reduce((a, b) => a * b, 1) / per) * size;
    offset += bytes + pad(bytes, alignment);
  }
  header = Buffer.concat([header, ...table]);
  writeFileSync(name, Buffer.concat([header, Buffer.alloc(pad(header.length, alignment) + offset)]));
  const read = await gguf(name, { allowLocalFile: true, computeParametersCount: true });
  writeFileSync(name + ".json", json({ metadata: read.metadata, parameters: read.parameterCount, data_offset: read.tensorDataOffset,
    tensors: read.tensorInfos.map((t) => ({ name: t.name, shape: t.shape, type: T[t.dtype], offset: t.offset })) }));
}

const text = (k, v) => [k, v, V.STRING], int = (k, v) => [k, v, V.UINT32], real = (k, v) => [k, v, V.FLOAT32];
const words = (n) => ["tokenizer.ggml.tokens", Array.from({ length: n }, (_, i) => "t" + i), V.ARRAY, V.STRING];
const model = (a, m) => [text("general.architecture", a), text("general.name", "tiny"), int("general.file_type", 2),
  ...Object.entries(m).map(([k, v]) => int(a + "." + k, v)), real(a + ".attention.layer_norm_rms_epsilon", 1e-5)];

await makeGguf("tiny-llama.gguf", 3, [...model("llama", { block_count: 2, context_length: 128, embedding_length: 32,
    feed_forward_length: 64, "attention.head_count": 4, "attention.head_count_kv": 2, "rope.dimension_count": 8, vocab_size: 40 }),
    words(40), ["tokenizer.ggml.scores", Array(40).fill(0.5), V.ARRAY, V.FLOAT32]],
  [["token_embd.weight", [32, 40], "Q4_0"], ["output.weight", [32, 40], "Q8_0"], ["output_norm.weight", [32], "F32"],
   ["rope_freqs.weight", [4], "F32"],
   ...[0, 1].flatMap((i) => [["attn_q", [32, 32]], ["attn_k", [32, 16]], ["attn_v", [32, 16], "Q8_0"], ["attn_output", [32, 32]],
     ["ffn_gate", [32, 64]], ["ffn_up", [32, 64]], ["ffn_down", [64, 32], "Q5_0"], ["attn_norm", [32], "F32"], ["ffn_norm", [32], "F32"]]
     .map(([n, s, t]) => [`blk.${i}.${n}.weight`, s, t ?? "Q4_0"]))]);
await makeGguf("tiny-qwen3moe.gguf", 3, model("qwen3moe", { block_count: 1, context_length: 64, embedding_length: 32,
    feed_forward_length: 96, expert_feed_forward_length: 32, expert_count: 4, expert_used_count: 2, "attention.head_count": 4,
    "attention.head_count_kv": 2, "attention.key_length": 16, "attention.value_length": 16 }),
  [["token_embd.weight", [32, 24], "F16"], ["output.weight", [32, 24], "F16"], ["output_norm.weight", [32], "F32"],
   ["blk.0.attn_q.weight", [32, 64], "Q8_0"], ["blk.0.attn_k.weight", [32, 32], "Q8_0"], ["blk.0.attn_v.weight", [32, 32], "Q8_0"],
   ["blk.0.attn_output.weight", [64, 32], "Q8_0"], ["blk.0.attn_norm.weight", [32], "F32"], ["blk.0.ffn_norm.weight", [32], "F32"],
   ["blk.0.attn_q_norm.weight", [16], "F32"], ["blk.0.attn_k_norm.weight", [16], "F32"], ["blk.0.ffn_gate_inp.weight", [32, 4], "F32"],
   ["blk.0.ffn_gate_exps.weight", [32, 32, 4], "Q4_0"], ["blk.0.ffn_up_exps.weight", [32, 32, 4], "Q4_0"],
   ["blk.0.ffn_down_exps.weight", [32, 32, 4], "Q4_0"]]);
await makeGguf("tiny-gemma3.gguf", 3, [...model("gemma3", { block_count: 1, context_length: 64, embedding_length: 32,
    feed_forward_length: 64, "attention.head_count": 2, "attention.head_count_kv": 1, "attention.key_length": 32,
    "attention.value_length": 32, "attention.sliding_window": 16 }), int("general.alignment", 64)],
  [["token_embd.weight", [32, 24], "BF16"], ["output_norm.weight", [32], "F32"], ["blk.0.attn_q.weight", [32, 64], "BF16"],
   ["blk.0.attn_k.weight", [32, 32], "BF16"], ["blk.0.attn_v.weight", [32, 32], "BF16"], ["blk.0.attn_output.weight", [64, 32], "BF16"],
   ["blk.0.ffn_gate.weight", [32, 64], "Q4_0"], ["blk.0.ffn_up.weight", [32, 64], "Q4_0"], ["blk.0.ffn_down.weight", [64, 32], "Q4_0"],
   ...["attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"].map((n) => [`blk.0.${n}.weight`, [32], "F32"]),
   ...["attn_q_norm", "attn_k_norm"].map((n) => [`blk.0.${n}.weight`, [32], "F32"])], 64);
await makeGguf("all-types.gguf", 2, [text("general.name", "all types")],
  Object.keys(blocks).map((t) => ["tensor_" + t.toLowerCase(), [256], t]));

const bytes = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1 };
function makeSafetensors(name, tensors) {
  let offset = 0;
  const header = { __metadata__: { format: "pt" } };
  for (const [tensor, dtype, shape] of tensors) {
    const end = offset + shape.reduce((a, b) => a * b, bytes[dtype]);
    header[tensor] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  let line = JSON.stringify(header);
  line += " ".repeat(pad(line.length, 8));
  writeFileSync(name, Buffer.concat([u64(line.length), Buffer.from(line), Buffer.alloc(offset)]));
}
async function parsed(folder, path) {
  const local = async (url, init) => {
    const file = decodeURIComponent(new URL(url).pathname.split("/").pop());
    let body;
    try { body = readFileSync(folder + "/" + file); } catch { return new Response("", { status: 404 }); }
    const range = /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get("range") ?? "");
    const slice = range ? body.subarray(+range[1], +range[2] + 1) : body;
    return new Response(slice, { status: range ? 206 : 200, headers: { "content-length": String(slice.length), etag: '"1"',
      "content-range": `bytes ${range?.[1] ?? 0}-${range ? +range[1] + slice.length - 1 : body.length - 1}/${body.length}` } });
  };
  return parseSafetensorsMetadata({ repo: "a/b", path, fetch: local, computeParametersCount: true });
}
// Qwen3 with one layer and a tied head, its config.json beside it, in one file and in two.
const qwen3 = [["model.embed_tokens.weight", "BF16", [40, 32]], ["model.norm.weight", "BF16", [32]],
  ["model.layers.0.input_layernorm.weight", "BF16", [32]], ["model.layers.0.post_attention_layernorm.weight", "BF16", [32]],
  ["model.layers.0.self_attn.q_proj.weight", "BF16", [64, 32]], ["model.layers.0.self_attn.k_proj.weight", "BF16", [32, 32]],
  ["model.layers.0.self_attn.v_proj.weight", "BF16", [32, 32]], ["model.layers.0.self_attn.o_proj.weight", "BF16", [32, 64]],
  ["model.layers.0.self_attn.q_norm.weight", "BF16", [16]], ["model.layers.0.self_attn.k_norm.weight", "BF16", [16]],
  ["model.layers.0.mlp.gate_proj.weight", "BF16", [16, 32]], ["model.layers.0.mlp.up_proj.weight", "BF16", [16, 32]],
  ["model.layers.0.mlp.down_proj.weight", "BF16", [32, 16]]];
for (const folder of ["qwen3", "qwen3-sharded"]) mkdirSync(folder, { recursive: true });
makeSafetensors("qwen3/model.safetensors", qwen3);
writeFileSync("qwen3/model.safetensors.read.json", json(await parsed("qwen3", "model.safetensors")));
makeSafetensors("qwen3-sharded/model-00001-of-00002.safetensors", qwen3.slice(0, 5));
makeSafetensors("qwen3-sharded/model-00002-of-00002.safetensors", qwen3.slice(5));
writeFileSync("qwen3-sharded/model.safetensors.index.json", json({ metadata: { total_size: 2 * 12000 }, weight_map:
  Object.fromEntries(qwen3.map(([n], i) => [n, `model-0000${i < 5 ? 1 : 2}-of-00002.safetensors`])) }));
writeFileSync("qwen3-sharded/read.json", json(await parsed("qwen3-sharded", "model.safetensors.index.json")));
const config = { model_type: "qwen3", num_hidden_layers: 1, hidden_size: 32, num_attention_heads: 4, num_key_value_heads: 2,
  head_dim: 16, intermediate_size: 16, vocab_size: 40, tie_word_embeddings: true };
for (const folder of ["qwen3", "qwen3-sharded"]) writeFileSync(folder + "/config.json", json(config));
makeSafetensors("all-types.safetensors", Object.keys(bytes).map((t) => ["tensor_" + t.toLowerCase(), t, t === "U8" ? [0] : [3, 5]]));
writeFileSync("all-types.safetensors.read.json", json(await parsed(".", "all-types.safetensors")));
