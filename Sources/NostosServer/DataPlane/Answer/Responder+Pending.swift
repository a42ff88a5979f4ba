extension Responder {
    /// Builds a content, or its first step; ``takeRest()`` then returns the continuation.
    mutating func make(_ content: LongContent) throws(Problem) {
        let hasMore: Bool
        do throws(ContentFault) { hasMore = try content.append(to: &body) } catch {
            throw problem(error)
        }
        if hasMore { unfinished = content }
    }

    /// Builds the next step of an answer.
    ///
    /// - Returns: false when the answer is complete: its head is in `output` and its pieces follow,
    ///   or it is a problem, after which nothing follows.
    mutating func goOn(
        _ answer: PendingAnswer, time: AnswerTime, to output: inout [UInt8]
    ) -> Bool {
        guard let content = answer.content else { return false }
        body.removeAll(keepingCapacity: true)
        beginAgain(answer)
        do throws(ContentFault) {
            let hasMore = try content.append(to: &body)
            answer.add(body.span, isWhole: !hasMore)
            if hasMore { return true }
            head.append(size: answer.size, time: time, isLast: answer.isLast, to: &output)
        } catch {
            answer.removeAll()
            become(problem(error))
            finish(time: time, isLast: answer.isLast, hasBody: answer.hasBody, to: &output)
        }
        // Its jobs may be those of an earlier snapshot.
        moveLookups(of: content)
        answer.end()
        trim()
        return false
    }

    private mutating func problem(_ fault: ContentFault) -> Problem {
        switch fault {
        case .refused(let problem): return problem
        case .damaged(let error, let request):
            var problem = unreadable(error)
            problem.request = request
            return problem
        }
    }
}
