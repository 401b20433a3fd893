"""A note about a person is no utterance to them: ordinary ones pass, and what may not be written of anybody is found.

The second half of each list was written before the phrases had been tried on it: 37 of its 42 ordinary notes passed
and 18 of its 24 others were found at first sight; the phrases were mended after that.
"""

from __future__ import annotations

import pytest

from arrears.rules import speech

ORDINARY = [
    "Right party, promised to pay on Friday",
    "RP, PTP 500 on 10 Dec, will pay through the app",
    "No answer after eight rings, left no message",
    "Voicemail, hung up without leaving a message",
    "Number is out of service, marked as wrong",
    "Answered by a colleague, asked to call back after six",
    "His mother answered; asked her to have him call us, did not say why",
    "Wife picked up, did not disclose anything, left our callback number only",
    "Borrower is angry about the interest, explained the calculation",
    "Borrower swore at me and hung up",
    "She threatened to sue us and to report us to the regulator",
    "He said he will kill himself if we call again, stopped and passed to care",
    "Says he lost his job in October, sent hardship form",
    "Disputes the fee of 30, complaint opened",
    "Customer says he was told he would be arrested; assured him that it is a civil matter",
    "Told the borrower that we may file a civil claim if no agreement is reached",
    "Explained that the overdue record is reported to the credit bureau as the law asks",
    "Filed the claim at the district court, case number received",
    "Payment order refused, will file a suit",
    "Agreed a plan of 12 instalments of 300, first on 1 January",
    "Borrower wants to pay 200 a week, asked the supervisor",
    "Asked not to be called at work, noted",
    "Visited with a colleague, nobody home, left no papers",
    "Met him at the door, calm talk, he will borrow nothing more and pay from wages",
    "Neighbour says that the family moved away in spring, we said nothing of the debt",
    "Agency file handed over, balance 12,340.00",
    "Assets are insufficient, enforcement ended without property",
    "Died in August, son brought the certificate, claim filed against the estate",
    "Write-off approved: limitation runs in 2027, evidence complete",
    "Bankruptcy order seen, contact stopped",
    "Interpreter needed, speaks Cantonese",
    "Wants a statement of account by e-mail",
    "Paid 1,500 yesterday, booked today",
    "Police report of the stolen card received, passed to fraud team",
    "Borrower is in prison until March, letters only",
    "Lawyer represents him now, all contact through the firm",
    "No third party was told about the debt",
    "Line was busy three times",
    "本人接听，承诺周五还款",
    "本人，答应10号还500元，走APP还",
    "响八声无人接听",
    "空号，已标记无效",
    "语音信箱，未留言",
    "同事接的，请其转告本人回电，未透露欠款",
    "母亲接听，只请转告回电，没有说明事由",
    "妻子代接，未提及债务",
    "客户情绪激动，骂了几句就挂了",
    "客户说再打就报警投诉我们",
    "客户说要起诉我们，已登记投诉",
    "客户扬言要来公司打人，已报告主管",
    "客户说不想活了，已停止催收并转关怀专员",
    "客户失业，申请困难协商，已发表格",
    "对30元手续费有异议，已登记",
    "客户问会不会坐牢，已说明是民事纠纷",
    "客户说之前有人说要抓他，已安抚并说明不会",
    "告知协商不成可能依法提起民事诉讼",
    "已说明逾期会依法上报征信",
    "已向区法院立案，取得案号",
    "支付令被异议，准备起诉",
    "同意分12期，每期300元",
    "不要打单位电话，已备注",
    "两人上门，家中无人，未留任何材料",
    "上门见到本人，沟通平和，工资到账后还",
    "邻居称一家春天已搬走，我们没有提欠款",
    "委外材料已移交，余额12340元",
    "终结本次执行，无可供执行财产",
    "借款人八月去世，儿子提供了死亡证明",
    "核销材料齐全，时效至2027年",
    "收到法院破产受理通知，已停止联系",
    "要求邮寄对账单",
    "昨天已还1500元，今天入账",
    "盗刷报案回执已收，转反欺诈",
    "客户在服刑，明年三月出狱，只寄信",
    "已委托律师，后续联系律师",
    "父亲是共同借款人，已告知应还金额",
    "客户说家里老人生病，压力很大，约下周再谈",
    "工作单位已变更，请客户自己更新",
    "占线三次",
    # the second half
    "Spoke with Mr Wang, says salary comes on the 15th and he will pay then",
    "Customer cried on the phone, gave her time, callback Thursday",
    "Account holder's sister said he is in hospital; wished him well and ended the call",
    "He insists the loan was taken by a thief who stole his phone, sent fraud form",
    "Customer's boss called us to stop calling the office, apologised and removed number",
    "She told me her husband knows about the debt and will help her",
    "Borrower complained that a previous agency told his mother he owes money, escalated",
    "Customer called me an idiot",
    "He said he would kill me if I came again, left at once and reported to the police",
    "Debtor said her ex will beat her if he hears of the loan, flagged vulnerable",
    "Confirmed date of birth and address before discussing the account",
    "Caller refused to identify himself, ended the call",
    "Told him he can complain to the regulator under 12378",
    "Told her she cannot be arrested for this debt",
    "Warrant of execution issued by the court, bailiff appointed",
    "Judgment enforced, wages garnished by court order",
    "Left a sealed envelope with the concierge, nothing about the loan said",
    "Settlement offer 60 percent valid until 31 December, approved by supervisor",
    "Guarantor informed of the overdue amount as the contract provides",
    "The pig farm he runs was closed after the flood, income gone",
    "Works as a police officer, shifts change weekly",
    "Case handed to agency Beta, recalled after complaint",
    "Bad line, could not hear, will try again tomorrow",
    "与本人核实身份后说明逾期金额，约定15号还清",
    "客户哭诉家庭困难，已安抚，周四回访",
    "姐姐接听称其住院，祝早日康复后结束通话",
    "客户称手机被偷，贷款非本人办理，已发反欺诈表",
    "单位领导来电要求不要再打办公电话，已致歉并删除",
    "客户投诉上一家委外公司告诉了他妈妈欠款的事，已升级处理",
    "客户骂我是骗子，挂断",
    "对方说再来就砍人，已离开并报警",
    "已告知客户不会因逾期被抓",
    "已告知可拨打12378投诉",
    "法院已签发执行裁定，冻结账户两个",
    "担保人已按合同通知逾期金额",
    "客户经营的养猪场因洪水关停，无收入",
    "客户在派出所工作，倒班",
    "客户咨询以后会不会上失信名单，已解释须由法院决定",
    "减免方案已批，月底前还清本金即结清",
    "环境嘈杂听不清，明天再联系",
    "把材料放在物业处，密封，未说明内容",
    "客户丈夫主动来电，说知道妻子的欠款，愿意代还",
]

WRONG = [
    ("告诉他再不还就让警察抓他", "THREAT_ARREST"),
    ("已跟他说不还就报警，让他坐牢", "THREAT_ARREST"),
    ("警告客户三天内不还就去派出所报案抓人", "THREAT_ARREST"),
    ("已告知其母亲他欠款5000元", "THIRD_PARTY_DISCLOSURE"),
    ("跟他同事说了他欠钱不还的事", "THIRD_PARTY_DISCLOSURE"),
    ("单位前台接的，已把欠款情况告诉前台", "THIRD_PARTY_DISCLOSURE"),
    ("把逾期的事讲给邻居听了，让邻居催他", "THIRD_PARTY_DISCLOSURE"),
    ("这人就是个老赖，不要脸", "ABUSE_INSULT"),
    ("傻逼一个，根本不想还", "ABUSE_INSULT"),
    ("骂了他一顿，叫他去死", "ABUSE_INSULT"),
    ("这家人都是骗子垃圾", "ABUSE_INSULT"),
    ("跟他说再不还就找人打断他的腿", "THREAT_VIOLENCE"),
    ("威胁说会去他孩子学校门口等", "THREAT_VIOLENCE"),
    ("已告诉他要在小区贴大字报曝光他", "PUBLIC_SHAME"),
    ("说了要把他欠款发到朋友圈和工作群", "PUBLIC_SHAME"),
    ("让他老婆替他还，不还就天天打她电话", "THIRD_PARTY_PRESSURE"),
    ("告诉他不还就给他通讯录里的人挨个打电话", "THIRD_PARTY_PRESSURE"),
    ("Told him he will be arrested if he does not pay", "THREAT_ARREST"),
    ("Warned her the police would come and take her to jail", "THREAT_ARREST"),
    ("Told his mother that he owes 5,000", "THIRD_PARTY_DISCLOSURE"),
    ("Informed the receptionist about his overdue loan", "THIRD_PARTY_DISCLOSURE"),
    ("Let the neighbour know that the family is in debt", "THIRD_PARTY_DISCLOSURE"),
    ("Explained the arrears to his boss so that he gets pressure", "THIRD_PARTY_DISCLOSURE"),
    ("Deadbeat, lying scumbag, never going to pay", "ABUSE_INSULT"),
    ("Stupid bitch hung up on me", "ABUSE_INSULT"),
    ("Called him an idiot and a thief", "ABUSE_INSULT"),
    ("Threatened to break his legs", "THREAT_VIOLENCE"),
    ("I said we know where his kids go to school", "THREAT_VIOLENCE"),
    ("Told him we will post his photo on Facebook", "PUBLIC_SHAME"),
    ("Said we would call everyone in his contact list until he pays", "THIRD_PARTY_PRESSURE"),
    ("Told his wife she must pay for him", "THIRD_PARTY_PRESSURE"),
    # the second half
    ("He's a loser and a drunk, do not be nice to him", "ABUSE_INSULT"),
    ("Shouted at her until she cried", "ABUSE_INSULT"),
    ("Gave him hell, called him a worthless liar", "ABUSE_INSULT"),
    ("Told him the sheriff will pick him up on Monday", "THREAT_ARREST"),
    ("Said I'd have him locked up", "THREAT_ARREST"),
    ("Spoke with the father and told him about the unpaid loan", "THIRD_PARTY_DISCLOSURE"),
    ("Mentioned the debt to his flatmate who opened the door", "THIRD_PARTY_DISCLOSURE"),
    ("Left word with HR that he has an overdue loan", "THIRD_PARTY_DISCLOSURE"),
    ("Asked the brother to pay instead of him", "THIRD_PARTY_PRESSURE"),
    ("Told her I will phone all of her relatives", "THIRD_PARTY_PRESSURE"),
    ("I said we'd put posters up in his building", "PUBLIC_SHAME"),
    ("Said some guys will come and beat him", "THREAT_VIOLENCE"),
    ("此人是个人渣，别跟他客气", "ABUSE_INSULT"),
    ("把她骂哭了", "ABUSE_INSULT"),
    ("穷鬼一个，还装病", "ABUSE_INSULT"),
    ("跟他讲明天警察上门带走他", "THREAT_ARREST"),
    ("吓唬他说要判刑", "THREAT_ARREST"),
    ("跟他爸说了他在我们这欠了三万", "THIRD_PARTY_DISCLOSURE"),
    ("联系了村干部，告知其逾期情况", "THIRD_PARTY_DISCLOSURE"),
    ("室友开门，告诉室友他贷款没还", "THIRD_PARTY_DISCLOSURE"),
    ("要他哥哥垫付，不然没完", "THIRD_PARTY_PRESSURE"),
    ("说要去他村里拉横幅", "PUBLIC_SHAME"),
    ("告诉他小心点，知道他家在哪", "THREAT_VIOLENCE"),
    ("对他说不还钱就卸他一条腿", "THREAT_VIOLENCE"),
]


def labels(note: str) -> list[str]:
    return [one.label for one in speech.noted(note)]


class TestNotes:
    @pytest.mark.parametrize("note", ORDINARY)
    def test_an_ordinary_note_passes(self, note: str) -> None:
        assert labels(note) == []

    @pytest.mark.parametrize(("note", "label"), WRONG)
    def test_what_may_not_be_written_is_found_where_it_stands(self, note: str, label: str) -> None:
        [found] = [one for one in speech.noted(note) if one.label == label]
        assert found.spans
        assert all(0 <= start < end <= len(note) for start, end in found.spans)
        assert found.rule
        assert found.advice

    def test_both_languages_have_their_share(self) -> None:
        chinese = [note for note in ORDINARY if not note.isascii()]
        assert min(len(chinese), len(ORDINARY) - len(chinese)) >= 40
        found = [note for note, _ in WRONG if not note.isascii()]
        assert min(len(found), len(WRONG) - len(found)) >= 15


class TestVoices:
    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            ("客户说要让警察抓我们", "告诉客户要让警察抓他"),
            ("客户威胁要打断我的腿", "我说要打断他的腿"),
            ("没有告诉他妈欠款的事", "没找到人，告诉他妈欠款的事了"),
            ("He called me a lying thief", "I called him a lying thief"),
            ("She said her boss told his mother about the debt", "Told his mother about the debt"),
            ("Did not tell his wife that he owes money", "Told his wife that he owes money"),
        ],
    )
    def test_what_they_said_and_what_was_not_done_is_no_fault_of_ours(self, theirs: str, ours: str) -> None:
        assert labels(theirs) == []
        assert labels(ours) != []

    def test_the_last_voice_before_the_words_decides(self) -> None:
        assert labels("客户说没钱，我告诉他再不还就让警察抓他") == ["THREAT_ARREST"]
        assert labels("Customer says he has no money, I told him he will be arrested") == ["THREAT_ARREST"]

    def test_disguised_words_are_unfolded(self) -> None:
        [found] = speech.noted("这人是个老　赖，不​要脸")
        assert found.label == "ABUSE_INSULT"

    def test_several_labels_come_with_the_gravest_first(self) -> None:
        note = "骂了他一顿。告诉他再不还就让警察抓他。"
        assert labels(note) == ["THREAT_ARREST", "ABUSE_INSULT"]

    def test_the_law_is_the_houses_or_the_languages(self) -> None:
        note = "Told him he will be arrested if he does not pay"
        rules = [speech.noted(note, law=law)[0].rule for law in ("", "us", "uk", "cn")]
        assert rules == ["US-FDCPA-1692E", "US-FDCPA-1692E", "UK-CONC-7.11", "CN-CRIM-196-EFFECTIVE"]

    @pytest.mark.parametrize("hostile", ["", " ", "\x00\u202e", "他" * 50_000, "a" * 100_000, "told him " * 10_000])
    def test_hostile_notes_are_judged(self, hostile: str) -> None:
        assert labels(hostile) == []
