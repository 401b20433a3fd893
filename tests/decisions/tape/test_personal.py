"""Identifiers and codes that name a person are set aside, and those that only look a little like it are not."""

from __future__ import annotations

import dataclasses
import random
import tomllib
import uuid
from importlib import resources
from pathlib import Path

import polars as pl
import pytest
from tests.decisions.tape import tapes

from arrears.decisions.tape import personal, policy

SHIPPED = policy.load()


def named(*values: str, by: policy.TapePolicy = SHIPPED) -> list[str]:
    text = pl.Series("code", values, dtype=pl.String)
    return text.filter(personal.mask(text, by)).to_list()


def card(body: str) -> str:
    return next(body + check for check in "0123456789X" if personal.is_card(body + check))


class TestFound:
    @pytest.mark.parametrize(
        "value",
        [
            card("11010119900307123"),
            card("11010119900307123").lower(),
            f"ACC-{card('44030619851231001')}",
            f"合同{card('44030619851231001')}号",
            "110101 19900307 " + card("11010119900307123")[14:],
            "13812345678",
            "+8613812345678",
            "86 13812345678",
            "008613812345678",
            "138-1234-5678",
            "138 1234 5678",
            "TEL13812345678",
            "手机13812345678",
            "１３８１２３４５６７８",
            "13812345678-01",
            "wang.lei@example.cn",
            "ACC/wang@example.com.cn",
            "李明",
            "张三丰",
            "王建国",
            "金大中",
            "白居易",
            "欧阳修",
            "诸葛孔明",
            "王小明-01",
            "A7王小明",
            "陈芳女士",
            "阿不都·买买提",
        ],
    )
    def test_what_names_somebody_is_found(self, value):
        assert named(value) == [value]

    def test_nearly_every_name_of_a_simulated_town_is(self):
        lists = tomllib.loads((resources.files("arrears.policies") / "simulator/names.toml").read_text("utf-8"))
        chance = random.Random(7)
        names = []
        for _ in range(5_000):
            given = chance.choices(lists["given"], k=2 if chance.random() < 0.8 else 1)
            names.append(chance.choice(lists["surnames"]) + "".join(given))
        assert len(named(*names)) > 0.9 * len(names)


class TestLeftAlone:
    @pytest.mark.parametrize(
        "values",
        [
            "白条 金条 花呗 借呗 车贷 房贷 消费贷 经营贷 周转贷 马上贷 高额贷 任性付 余额宝",
            "微信 短信 电话 支付宝 银行卡 代扣 柜台 转账 云闪付 网银 对公 现金 江苏银行",
            "正常 逾期 结清 关注 次级 可疑 损失 核销 展期 诉讼 失业 疾病 灾害 常规类",
            "餐饮 交通 服饰 教育 医疗 旅游 数码 家居 生鲜 文化 汽车 石油卡 万能险",
            "平安产险 中国人保 阳光保险 大地财险 苏宁易购 苏州 郑州 白名单 黑名单 高风险 高净值",
            "一般 其他 未知 承诺还款 无人接听 拒接 空号 关机 停机 本人接听 他人接听 许可证",
        ],
        ids=["products", "channels", "statuses", "categories", "parties", "outcomes"],
    )
    def test_words_of_business_are(self, values):
        assert named(*values.split()) == []

    @pytest.mark.parametrize(
        "value",
        [
            "301600064",
            "301600064-1",
            "8a818926522ea5ef01523aff15c37482",
            "110101201610130012",
            "110101199003071230",
            "000013812345678",
            "138123456789",
            "12012345678",
            "LN13812345678",
            "2016-10-13-00012345678",
            "P2P-20161013-0001",
            "price@1.5",
            "",
        ],
    )
    def test_serial_numbers_are(self, value):
        assert named(value) == []

    def test_those_beside_one_that_names_somebody_are(self):
        assert named("000013812345678", "13812345678", "白条", "110101201610130012") == ["13812345678"]

    def test_hashes_and_running_numbers_are(self):
        chance = random.Random(11)
        hashes = [uuid.UUID(int=chance.getrandbits(128)) for _ in range(20_000)]
        running = [f"{branch:06}{20160101 + n % 28}{n:04}" for branch in (110101, 440306) for n in range(5_000)]
        assert named(*[one.hex for one in hashes], *[str(one) for one in hashes], *running) == []


class TestOnATape:
    def test_a_row_is_set_aside_with_its_value_masked_and_nothing_of_it_reaches_the_lake(self, tmp_path: Path):
        who = "张三丰13812345678"
        row = f"{who},C1,loan,CNY,2026-01-01,100.00,,,,"
        reading = tapes.read(tapes.write(tmp_path, {"accounts": tapes.with_row("accounts", row)["accounts"]}))
        assert ("account_id", "names_a_person") in [(c, r) for _, c, r in tapes.reasons(reading, "accounts")]
        assert who not in str(reading.quarantine.rows())
        assert who not in str([table.rows() for table in reading.tables.values()])

    def test_a_lender_whose_serial_numbers_look_so_says_so(self):
        without = dataclasses.replace(SHIPPED, looked_for=("ID_CARD", "EMAIL", "NAME"))
        assert named("13812345678", by=without) == []
        nobody = dataclasses.replace(SHIPPED, surnames="", surnames_words="", surnames_double=(), trade=())
        assert named("张三丰", by=nobody) == []
