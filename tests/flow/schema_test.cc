// api/workflow.schema.json says what the parser takes: the same keys with the same types, and documents that are of
// their form. Of JSON Schema the validator here knows the words that this schema uses, and fails on any other.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "core/flow/keys.h"
#include "core/flow/values.h"
#include "tests/flow/documents.h"

namespace weft::tests {
namespace {

using nlohmann::json;

const json& schema() {
  static const json kSchema =
      json::parse(read_file(std::filesystem::path(WEFT_SOURCE_DIR) / "api/workflow.schema.json"));
  return kSchema;
}

const json& definition(const std::string& ref) { return schema().at(json::json_pointer(ref.substr(1))); }

bool has_type(const json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  ADD_FAILURE() << "type " << type;
  return false;
}

bool valid(const json& value, const json& rule);

bool valid_object(const json& value, const json& rule) {
  for (const auto& [key, member] : value.items()) {
    if (rule.contains("propertyNames") && !valid(json(key), rule["propertyNames"])) return false;
    if (rule.contains("properties") && rule["properties"].contains(key)) {
      if (!valid(member, rule["properties"][key])) return false;
    } else if (rule.contains("additionalProperties")) {
      const json& rest = rule["additionalProperties"];
      if (rest.is_boolean() ? !rest.get<bool>() : !valid(member, rest)) return false;
    }
  }
  for (const auto& key : rule.value("required", json::array())) {
    if (!value.contains(key.get<std::string>())) return false;
  }
  return value.size() >= rule.value("minProperties", 0U) && value.size() <= rule.value("maxProperties", ~0U);
}

bool valid_scalar(const json& value, const json& rule) {
  if (value.is_number() && rule.contains("minimum") && value < rule["minimum"]) return false;
  if (value.is_number() && rule.contains("maximum") && value > rule["maximum"]) return false;
  if (!value.is_string()) return true;
  const std::string text = value.get<std::string>();
  if (text.size() < rule.value("minLength", 0U) || text.size() > rule.value("maxLength", ~0U)) return false;
  return !rule.contains("pattern") || std::regex_search(text, std::regex(rule["pattern"].get<std::string>()));
}

bool valid(const json& value, const json& rule) {
  static const std::set<std::string> kKnown = {"$schema",       "$id",           "title",
                                               "description",   "$defs",         "$ref",
                                               "type",          "properties",    "additionalProperties",
                                               "required",      "propertyNames", "minProperties",
                                               "maxProperties", "items",         "minItems",
                                               "maxItems",      "anyOf",         "not",
                                               "const",         "enum",          "pattern",
                                               "minLength",     "maxLength",     "minimum",
                                               "maximum"};
  for (const auto& [word, unused] : rule.items()) EXPECT_TRUE(kKnown.contains(word)) << word;
  if (rule.contains("$ref") && !valid(value, definition(rule["$ref"]))) return false;
  if (rule.contains("const") && value != rule["const"]) return false;
  if (rule.contains("not") && valid(value, rule["not"])) return false;
  if (rule.contains("enum") && std::find(rule["enum"].begin(), rule["enum"].end(), value) == rule["enum"].end())
    return false;
  if (rule.contains("type")) {
    const json types = rule["type"].is_array() ? rule["type"] : json::array({rule["type"]});
    if (std::none_of(types.begin(), types.end(), [&](const json& type) { return has_type(value, type); })) return false;
  }
  if (rule.contains("anyOf")) {
    const json& any = rule["anyOf"];
    if (std::none_of(any.begin(), any.end(), [&](const json& one) { return valid(value, one); })) return false;
  }
  if (value.is_object()) return valid_object(value, rule);
  if (!value.is_array()) return valid_scalar(value, rule);
  if (value.size() < rule.value("minItems", 0U) || value.size() > rule.value("maxItems", ~0U)) return false;
  return !rule.contains("items") ||
         std::all_of(value.begin(), value.end(), [&](const json& item) { return valid(item, rule["items"]); });
}

// As any YAML 1.2 reader that feeds a schema validator would have it.
json to_json(const flow::Node& node) {
  if (node.kind == flow::Node::Kind::sequence) {
    json list = json::array();
    for (const flow::Node& item : node.items) list.push_back(to_json(item));
    return list;
  }
  if (node.kind == flow::Node::Kind::mapping) {
    json object = json::object();
    for (const flow::Entry& entry : node.entries) object[entry.key] = to_json(entry.value);
    return object;
  }
  if (node.quoting == flow::Node::Quoting::quoted) return node.text;
  if (flow::is_null(node)) return nullptr;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (std::regex_match(node.text, std::regex("0x[0-9a-fA-F]+"))) return std::stoull(node.text.substr(2), nullptr, 16);
  if (std::regex_match(node.text, std::regex("0o[0-7]+"))) return std::stoull(node.text.substr(2), nullptr, 8);
  if (std::regex_match(node.text, std::regex("[0-9]{1,19}|18446744073709551615"))) return std::stoull(node.text);
  if (std::regex_match(node.text, std::regex("[-+]?[0-9]{1,18}"))) return std::stoll(node.text);
  if (std::regex_match(node.text, std::regex("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")))
    return std::stod(node.text);
  return node.text;
}

std::string pointer_of(flow::Group group) {
  switch (group) {
    case flow::Group::document:
      return "#";
    case flow::Group::step:
      return "#/$defs/step";
    case flow::Group::retry:
      return "#/$defs/retry";
    case flow::Group::instances:
      return "#/$defs/instances";
    case flow::Group::when:
      return "#/$defs/when_exit";
  }
  return {};
}

TEST(Schema, HasTheKeysOfTheParserWithTheirTypes) {
  for (const flow::Group group : flow::kGroups) {
    const std::string pointer = pointer_of(group);
    const json& object = pointer == "#" ? schema() : definition(pointer);
    std::set<std::string> required;
    for (const flow::KeyRule& rule : flow::keys_of(group)) {
      const std::string name(rule.name);
      ASSERT_TRUE(object["properties"].contains(name)) << pointer << " " << name;
      const json& property = object["properties"][name];
      EXPECT_EQ(property.value("$ref", ""), "#/$defs/" + std::string(rule.type->name)) << pointer << " " << name;
      EXPECT_FALSE(property.value("description", "").empty()) << pointer << " " << name;
      if (rule.presence == flow::Presence::required) required.insert(name);
    }
    EXPECT_EQ(object["properties"].size(), flow::keys_of(group).size()) << pointer;
    EXPECT_EQ(object.value("required", std::set<std::string>()), required) << pointer;
    EXPECT_EQ(object["additionalProperties"], false) << pointer;
  }
}

bool takes_shape(const json& rule, const json& example) {
  if (rule.contains("$ref")) return takes_shape(definition(rule["$ref"]), example);
  if (rule.contains("anyOf")) {
    return std::any_of(rule["anyOf"].begin(), rule["anyOf"].end(),
                       [&](const json& one) { return takes_shape(one, example); });
  }
  const std::string shape =
      rule.contains("type") && rule["type"].is_string() ? rule["type"].get<std::string>() : "scalar";
  const bool scalar = shape != "object" && shape != "array";
  return example.is_object() ? shape == "object" : example.is_array() ? shape == "array" : scalar;
}

TEST(Schema, TakesTheSameShapes) {
  for (const flow::Group group : flow::kGroups) {
    for (const flow::KeyRule& rule : flow::keys_of(group)) {
      const json& type = definition("#/$defs/" + std::string(rule.type->name));
      EXPECT_EQ(takes_shape(type, json("x")), (rule.type->shapes & flow::kScalar) != 0) << rule.name;
      EXPECT_EQ(takes_shape(type, json::array()), (rule.type->shapes & flow::kSequence) != 0) << rule.name;
      EXPECT_EQ(takes_shape(type, json::object()), (rule.type->shapes & flow::kMapping) != 0) << rule.name;
    }
  }
}

TEST(Schema, TakesWhatTheParserTakes) {
  for (const auto& path : documents_in(kGolden / "accepted")) {
    const std::string text = read_file(path);
    const document::ReadDocument document = document::read_document(text);
    EXPECT_TRUE(valid(to_json(*document.root), schema())) << path;
    EXPECT_TRUE(valid(json::parse(canonical(*parse_text(text).workflow)), schema())) << path;
  }
}

TEST(Schema, RefusesDocumentsOfTheWrongForm) {
  const std::set<std::string> kForm = {"wrong_type",   "missing_key",   "unknown_key", "version",
                                       "bad_name",     "reserved_name", "bad_value",   "bad_integer",
                                       "bad_duration", "bad_size",      "too_many"};
  for (const auto& path : documents_in(kGolden)) {
    const std::string stem = path.stem().string();
    const document::ReadDocument document = document::read_document(read_file(path));
    if (!document.root || !kForm.contains(stem.substr(0, stem.find('-')))) continue;
    EXPECT_FALSE(valid(to_json(*document.root), schema())) << path;
  }
}

}  // namespace
}  // namespace weft::tests
